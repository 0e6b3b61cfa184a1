//! What the options of the attribute do to cookie and session.

use std::time::Duration;

use actix_web::{get, web};
use sessions_runtime::testing::SetCookie;
use sessions_runtime::{SameSite, SessionError, SessionSettings, with_sessions};

use crate::support::site::Site;

#[with_sessions(
    default = "memory",
    name = "opt_default",
    session_max_age = "1h",
    same_site = "strict",
    http_only = false
)]
#[get("/default")]
async fn default_session() -> Result<String, SessionError> {
    session
        .update("n", |n: Option<u8>| n.unwrap_or(0) + 1)
        .map(|n| format!("{} {n}", session.name()))
}

#[with_sessions]
#[session(
    name = "opt_browser",
    backend = "memory",
    browser_session,
    same_site = "none",
    partitioned = true
)]
#[session(
    name = "opt_path",
    backend = "securecookie",
    path = "/sub",
    domain = "shop.example"
)]
#[session(
    name = "opt_plain",
    backend = "memory",
    secure = false,
    browser_session = false
)]
#[get("/sub/attributes")]
async fn attributes() -> Result<String, SessionError> {
    for one in [opt_browser, opt_path, opt_plain] {
        one.insert("n", 1)?;
    }
    Ok(String::new())
}

#[with_sessions]
#[session(name = "opt_idle", backend = "memory", idle_timeout = "90s")]
#[session(
    name = "opt_idle_sealed",
    backend = "securecookie",
    idle_timeout = "2m",
    session_max_age = "3m"
)]
#[get("/idle/{step}")]
async fn idle(step: web::Path<String>) -> Result<String, SessionError> {
    if &*step == "fill" {
        opt_idle.insert("n", 1)?;
        opt_idle_sealed.insert("n", 1)?;
    }
    Ok(format!("{} {}", opt_idle.origin(), opt_idle_sealed.origin()))
}

/// The first says nothing, the second is configured, the third is configured and says something itself.
#[with_sessions]
#[session(name = "opt_nothing", backend = "memory")]
#[session(name = "opt_configured", backend = "memory")]
#[session(
    name = "opt_over",
    backend = "memory",
    session_max_age = "2m",
    same_site = "strict",
    browser_session = false
)]
#[get("/over")]
async fn over() -> Result<String, SessionError> {
    for one in [opt_nothing, opt_configured, opt_over] {
        one.insert("n", 1)?;
    }
    Ok(String::new())
}

#[with_sessions]
#[session(
    name = "opt_lock",
    backend = "memory",
    lock,
    conflict = "reject",
    on_outage = "fail"
)]
#[get("/lock")]
async fn lock() -> Result<String, SessionError> {
    opt_lock
        .update("n", |n: Option<u8>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

fn site() -> Site {
    let configured = |settings: SessionSettings| {
        settings
            .same_site(SameSite::None)
            .session_max_age(Duration::from_secs(60))
            .http_only(false)
    };
    Site::with(
        |builder| {
            builder
                .session_max_age(Duration::from_secs(1_000))
                .session("opt_configured", |settings| {
                    configured(settings).browser_session(true)
                })
                .session("opt_over", |settings| configured(settings).browser_session(true))
        },
        |app| {
            app.service((default_session, attributes, idle, over, lock));
        },
    )
}

fn shown(cookie: &SetCookie) -> String {
    let texts = [&cookie.path, &cookie.domain, &cookie.same_site];
    let texts = texts
        .map(|text| text.as_deref().unwrap_or("-").to_owned())
        .join(" ");
    let age = cookie.max_age.map_or("-".to_owned(), |age| age.to_string());
    format!(
        "{} {texts} {age} {} {} {}",
        cookie.name, cookie.secure, cookie.http_only, cookie.partitioned
    )
}

/// T4
#[actix_web::test]
async fn options_of_the_attribute_reach_the_cookie() {
    let site = site();
    let reply = site.client().get("/default").send().await;
    assert_eq!(reply.text(), "opt_default 1");
    assert_eq!(
        shown(&reply.set_cookies()[0]),
        "__Host-opt_default / - Strict 3600 true false false"
    );
    let client = site.client().at("https://www.shop.example");
    let reply = client.get("/sub/attributes").send().await;
    let mut cookies: Vec<String> = reply.set_cookies().iter().map(shown).collect();
    cookies.sort();
    let expected = [
        "__Host-opt_browser / - None - true true true",
        "__Secure-opt_path /sub shop.example Lax 1000 true true false",
        "opt_plain / - Lax 1000 false true false",
    ];
    assert_eq!(cookies, expected);
}

/// T4
#[actix_web::test]
async fn a_handler_s_attribute_wins_over_the_configuration_option_by_option() {
    let reply = site().client().get("/over").send().await;
    let mut cookies: Vec<String> = reply.set_cookies().iter().map(shown).collect();
    cookies.sort();
    let expected = [
        "__Host-opt_configured / - None - true false false",
        "__Host-opt_nothing / - Lax 1000 true true false",
        "__Host-opt_over / - Strict 120 true false false",
    ];
    assert_eq!(cookies, expected);
}

/// T34
#[actix_web::test]
async fn lifetimes_of_the_attribute_hold_on_the_server() {
    let site = site();
    let client = site.client();
    client.get("/idle/fill").send().await;
    let header = client.cookie_header("/idle/show").expect("two cookies");
    for (moment, expected) in [
        (90, "loaded loaded"),
        (31, "loaded expired"),
        (91, "unknown expired"),
    ] {
        site.later(moment);
        let reply = client.get("/idle/show").cookie_header(&header).send().await;
        assert_eq!(reply.text(), expected);
    }
}

/// T4
#[actix_web::test]
async fn lock_and_conflict_do_not_disturb_a_single_browser() {
    let site = site();
    let client = &site.client();
    for number in 1..4 {
        assert_eq!(client.get("/lock").send().await.text(), number.to_string());
    }
}
