//! Which attributes cookies get: safe ones, configured ones, and those of a call.

use std::time::Duration;

use actix_web::get;
use sessions_runtime::testing::SetCookie;
use sessions_runtime::{CookieArgs, SameSite, SessionError, with_sessions};

use crate::support::site::Site;

/// One session on its place, one plain cookie, and one with attributes of its own.
#[with_sessions]
#[get("/set")]
async fn set() -> Result<String, SessionError> {
    session.insert("user", "ada")?;
    session_store.set_cookie("plain", "x")?;
    let configured = session_store.config().cookie_args().clone();
    session_store.set_cookie_with("own", "x", |args| {
        args.same_site(SameSite::Strict)
            .max_age(Duration::from_secs(60))
            .http_only(false)
    })?;
    Ok((session_store.config().cookie_args() == &configured).to_string())
}

#[with_sessions]
#[get("/shop/set")]
async fn set_in_shop() -> Result<String, SessionError> {
    session
        .update("visits", |n: Option<u8>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

async fn cookies_of(args: CookieArgs) -> Vec<SetCookie> {
    let mut all = Vec::new();
    for backend in ["securecookie", "memory"] {
        let args = args.clone();
        let site = Site::with(
            |builder| builder.cookie_args(args).default_backend(backend),
            |app| {
                app.service(set);
            },
        );
        let client = site.client().at("https://www.shop.example");
        let reply = client.get("/set").send().await;
        assert_eq!(reply.text(), "true", "the configuration is a copy");
        all.extend(reply.set_cookies());
    }
    all
}

fn shown(cookie: &SetCookie) -> String {
    let SetCookie {
        name,
        path,
        domain,
        max_age,
        same_site,
        secure,
        http_only,
        partitioned,
        ..
    } = cookie;
    let texts = [path, domain, same_site].map(|text| text.as_deref().unwrap_or("-").to_owned());
    let age = max_age.map_or("-".to_owned(), |age| age.to_string());
    format!(
        "{name} {} {age} {secure} {http_only} {partitioned}",
        texts.join(" ")
    )
}

/// T3
#[actix_web::test]
async fn without_configuration_cookies_are_safe() {
    let month = 30 * 86_400;
    for cookies in cookies_of(CookieArgs::new()).await.chunks(3) {
        let shown: Vec<String> = cookies.iter().map(shown).collect();
        let expected = [
            "plain / - Lax - true true false".to_owned(),
            "own / - Strict 60 true false false".to_owned(),
            format!("__Host-session / - Lax {month} true true false"),
        ];
        assert_eq!(shown, expected);
    }
}

/// T4, T1
#[actix_web::test]
async fn a_call_overrides_the_configuration_option_by_option() {
    let configured = CookieArgs::new()
        .secure(false)
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(Duration::from_secs(600));
    for cookies in cookies_of(configured).await.chunks(3) {
        let shown: Vec<String> = cookies.iter().map(shown).collect();
        let expected = [
            "plain / - Lax 600 false true false",
            "own / - Strict 60 false false false",
            "session / - Lax 600 false true false",
        ];
        assert_eq!(shown, expected);
    }
}

/// T4
#[actix_web::test]
async fn path_domain_and_partitioned_reach_every_cookie_and_the_prefix_follows() {
    let configured = CookieArgs::new()
        .path("/shop")
        .domain("shop.example")
        .partitioned(true)
        .same_site(SameSite::None);
    for cookies in cookies_of(configured).await.chunks(3) {
        let shown: Vec<String> = cookies.iter().map(shown).collect();
        let expected = [
            "plain /shop shop.example None - true true true".to_owned(),
            "own /shop shop.example Strict 60 true false true".to_owned(),
            format!(
                "__Secure-session /shop shop.example None {} true true true",
                30 * 86_400
            ),
        ];
        assert_eq!(shown, expected);
    }
}

/// T4
#[actix_web::test]
async fn a_session_with_a_path_is_read_back_under_it() {
    for backend in ["securecookie", "memory"] {
        let site = Site::with(
            |builder| {
                builder
                    .default_backend(backend)
                    .cookie_args(CookieArgs::new().path("/shop"))
            },
            |app| {
                app.service(set_in_shop);
            },
        );
        let client = site.client();
        assert_eq!(client.get("/shop/set").send().await.text(), "1");
        assert_eq!(client.get("/shop/set").send().await.text(), "2");
        assert!(client.cookie("__Secure-session").is_some());
        assert_eq!(client.cookie_header("/other"), None);
    }
}
