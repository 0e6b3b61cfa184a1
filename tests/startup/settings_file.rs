//! The settings as files have them, under the names that tipfy gave them.

use actix_web::get;
use serde_json::json;
use sessions_runtime::testing::{Client, SetCookie, serve_app};
use sessions_runtime::{
    Clock, Memory, SessionError, SessionStore, Sessions, SessionsConfig, SessionsExt, Timestamp,
};

use crate::support::site::OTHER_SECRET;

const EVERYTHING: &str = r#"
    secret_key = "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ"
    fallback_keys = ["pW3^nX6*aQ0(eR8)tY1_uI4+oL7=kJ2-hM"]
    default_backend = "memory"
    cookie_name = "sid"
    session_max_age = 86400
    idle_timeout = 600
    browser_session = false
    namespace = "shop"
    max_record_size = 1000
    encrypt_cookies = true

    [cookie_args]
    max_age = 3600
    domain = "shop.example"
    path = "/shop"
    secure = true
    httponly = false
    same_site = "strict"
    partitioned = true

    [sessions.basket]
    backend = "memory"
    session_max_age = 7200
    idle_timeout = 300
    browser_session = true
    on_outage = "empty"
    conflict = "reject"
    lock = true

    [sessions.basket.cookie_args]
    same_site = "lax"
    httponly = true
    path = "/"
    domain = ""
"#;

/// Without the attribute: the contradicting handlers of this binary are not what this is about.
#[get("/shop/fill")]
async fn fill(request: actix_web::HttpRequest) -> Result<String, SessionError> {
    let store: SessionStore = request.session_store()?;
    let name = store.config().cookie_name().to_owned();
    let session = store.get_session(&name).await?;
    session.insert("user", "ada")?;
    store.get_session("basket").await?.insert("tea", 1)?;
    Ok(format!(
        "{} {}",
        session.backend(),
        store.get_session("basket").await?.backend()
    ))
}

/// What a file makes of two sessions: the answer's text, and the cookies.
async fn cookies_with(config: SessionsConfig) -> (String, Vec<SetCookie>) {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let sessions = Sessions::from_config(config)
        .expect("fit secrets")
        .backend("memory", Memory::with_clock(clock.clone()))
        .clock(clock)
        .skip_verification()
        .build()
        .expect("fit settings");
    let server = serve_app(move || {
        actix_web::App::new()
            .app_data(sessions.clone())
            .service(fill)
            .wrap(sessions_runtime::SessionMiddleware::new())
    });
    let client = Client::new(&server).at("https://www.shop.example");
    let reply = client.get("/shop/fill").send().await;
    assert_eq!(reply.status, 200);
    (reply.text(), reply.set_cookies())
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

/// T1, T4
#[actix_web::test]
async fn every_name_of_a_toml_file_takes_effect() {
    let config: SessionsConfig = toml::from_str(EVERYTHING).expect("the names are right");
    let (text, cookies) = cookies_with(config).await;
    assert_eq!(text, "memory memory");
    let shown: Vec<String> = cookies.iter().map(shown).collect();
    let expected = [
        "__Secure-sid /shop shop.example Strict 3600 true false true",
        "__Host-basket / - Lax - true true true",
    ];
    assert_eq!(shown, expected);
}

/// T1
#[actix_web::test]
async fn json_has_the_same_names() {
    let value: serde_json::Value = toml::from_str(EVERYTHING).expect("TOML");
    let config: SessionsConfig = serde_json::from_value(value).expect("the names are right");
    let (text, cookies) = cookies_with(config).await;
    assert_eq!((text.as_str(), cookies.len()), ("memory memory", 2));
    assert_eq!(
        shown(&cookies[0]),
        "__Secure-sid /shop shop.example Strict 3600 true false true"
    );
}

/// T1, T3
/// Tipfy's own defaults, written out; `none` is null. What is unsafe about them has to be asked for.
#[actix_web::test]
async fn tipfy_s_defaults_can_be_written_out() {
    let tipfy = json!({
        "secret_key": String::from_utf8_lossy(OTHER_SECRET),
        "default_backend": "securecookie",
        "cookie_name": "session",
        "session_max_age": null,
        "cookie_args": { "max_age": null, "domain": null, "path": "/", "secure": null, "httponly": false },
    });
    let config: SessionsConfig = serde_json::from_value(tipfy).expect("the names are right");
    let (text, cookies) = cookies_with(config).await;
    assert_eq!(text, "securecookie securecookie");
    assert_eq!(
        shown(&cookies[0]),
        format!("__Host-session / - Lax {} true false false", 30 * 86_400)
    );
}

/// T1
#[test]
fn unknown_names_are_refused_by_name_at_every_level() {
    let secret = "secret_key = \"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ\"\n";
    for (text, name) in [
        ("sekret_key = \"x\"", "sekret_key"),
        ("default_backends = \"memory\"", "default_backends"),
        ("[cookie_args]\nexpires = 1", "expires"),
        ("[sessions.cart]\nbakend = \"memory\"", "bakend"),
        ("[sessions.cart.cookie_args]\nhttp = true", "http"),
        ("[backends.memory]\nx = 1", "backends"),
    ] {
        let toml = toml::from_str::<SessionsConfig>(&format!("{secret}{text}"))
            .expect_err(name)
            .to_string();
        assert!(toml.contains(&format!("`{name}`")), "{toml}");
        let value: serde_json::Value = toml::from_str(&format!("{secret}{text}")).expect("TOML");
        let json = serde_json::from_value::<SessionsConfig>(value)
            .expect_err(name)
            .to_string();
        assert!(json.contains(&format!("`{name}`")), "{json}");
    }
}

/// T1
#[test]
fn values_of_another_kind_are_refused() {
    for text in [
        "session_max_age = -1",
        "session_max_age = \"30d\"",
        "cookie_args = { same_site = \"sometimes\" }",
        "cookie_args = { secure = \"yes\" }",
        "sessions = { cart = { conflict = \"maybe\" } }",
        "sessions = { cart = { on_outage = \"ignore\" } }",
        "fallback_keys = \"one\"",
    ] {
        let whole = format!("secret_key = \"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ\"\n{text}");
        assert!(toml::from_str::<SessionsConfig>(&whole).is_err(), "{text}");
    }
}

/// T1, S24
#[test]
fn impossible_settings_of_a_file_are_refused_by_build() {
    let config: SessionsConfig = toml::from_str(
        "secret_key = \"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ\"\ncookie_name = \"__Host-sid\"\n[sessions.cart]\nlock = true",
    )
    .expect("the names are right");
    let err = Sessions::from_config(config)
        .expect("a fit secret")
        .skip_verification()
        .build()
        .expect_err("impossible");
    assert_eq!(err.problems().len(), 2, "{err}");
}
