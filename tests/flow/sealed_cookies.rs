//! Sealed cookies of the application's own: only it can write them.

use std::time::Duration;

use actix_web::{get, web};
use serde_json::{Value, json};
use sessions_runtime::testing::Client;
use sessions_runtime::{ErrorKind, MaxAge, SessionError, SessionStore, with_sessions};

use crate::places::{kind, told};
use crate::support::logs;
use crate::support::site::Site;

#[with_sessions]
#[get("/{step}")]
async fn steps(step: web::Path<String>) -> Result<String, SessionError> {
    act(&step, session_store)
}

fn act(step: &str, store: &SessionStore) -> Result<String, SessionError> {
    let value = |max_age: MaxAge| store.get_secure_cookie_within::<Value>("foo", max_age);
    let within = |seconds: u64| MaxAge::Within(Duration::from_secs(seconds));
    Ok(match step {
        "set" => {
            store.set_secure_cookie("foo", &["a", "b", "c"])?;
            format!("{:?}", store.get_secure_cookie::<Vec<String>>("foo")?)
        }
        "set_map" => {
            store.set_secure_cookie("foo", &json!({"only": "this"}))?;
            String::new()
        }
        "set_many" => {
            for (name, value) in [
                ("number", json!(42)),
                ("text", json!("ü")),
                ("nil", Value::Null),
                ("no", json!(false)),
            ] {
                store.set_secure_cookie(name, &value)?;
            }
            String::new()
        }
        "get_many" => {
            let values =
                ["number", "text", "nil", "no", "absent"].map(|name| store.get_secure_cookie::<Value>(name));
            let values: Result<Vec<_>, _> = values.into_iter().collect();
            json!(values?).to_string()
        }
        "set_for_a_minute" => {
            store.set_secure_cookie_with("foo", &1, |args| args.max_age(Duration::from_secs(60)))?;
            String::new()
        }
        "get" => json!(value(MaxAge::Configured)?).to_string(),
        "get_default" => json!(store.get_secure_cookie::<Value>("foo")?).to_string(),
        "within_a_minute" => json!(value(within(60))?).to_string(),
        "within_nothing" => json!(value(within(0))?).to_string(),
        "unlimited" => json!(value(MaxAge::Unlimited)?).to_string(),
        "get_other" => json!(store.get_secure_cookie::<Value>("bar")?).to_string(),
        "get_session_cookie" => json!(store.get_secure_cookie::<Value>("__Host-session")?).to_string(),
        "wrong_type" => kind(store.get_secure_cookie::<u32>("foo")),
        "delete" => {
            store.delete_cookie("foo")?;
            String::new()
        }
        "json" => {
            store.set_json_cookie("foo", &["a"])?;
            String::new()
        }
        _ => kind(store.set_secure_cookie("foo", &"x".repeat(4_096))),
    })
}

#[with_sessions(default = "securecookie")]
#[get("/session/{step}")]
async fn in_session(step: web::Path<String>) -> Result<String, SessionError> {
    if &*step == "fill" {
        session.insert("user", "ada")?;
    }
    Ok(format!("{} {}", session.len(), session.origin()))
}

pub(crate) fn site() -> Site {
    site_with(None)
}

/// The configured age limit of sealed cookies and sessions, in seconds.
pub(crate) fn site_with(max_age: Option<u64>) -> Site {
    Site::with(
        |builder| match max_age {
            Some(seconds) => builder.session_max_age(Duration::from_secs(seconds)),
            None => builder,
        },
        |app| {
            app.service((in_session, steps));
        },
    )
}

/// The answer to one step.
pub(crate) async fn step(client: &Client, step: &str) -> String {
    let reply = client.get(&format!("/{step}")).send().await;
    assert_eq!(reply.status, 200, "{step}");
    reply.text()
}

/// T45, T39
#[actix_web::test]
async fn a_sealed_cookie_is_read_by_the_next_request_and_not_by_its_own() {
    let site = site();
    let client = site.client();
    assert_eq!(step(&client, "set").await, "None");
    assert_eq!(step(&client, "get").await, r#"["a","b","c"]"#);
    assert_eq!(step(&client, "get_default").await, r#"["a","b","c"]"#);
    assert_eq!(step(&client, "wrong_type").await, told(ErrorKind::Type));
    step(&client, "delete").await;
    assert_eq!(step(&client, "get").await, "null");
}

/// T39
#[actix_web::test]
async fn a_sealed_cookie_holds_any_value() {
    let site = site();
    let client = &site.client();
    step(client, "set_many").await;
    assert_eq!(step(client, "get_many").await, r#"[42,"ü",null,false,null]"#);
}

/// T46
#[actix_web::test]
async fn setting_a_sealed_cookie_replaces_it() {
    let site = site();
    let client = &site.client();
    step(client, "set").await;
    step(client, "set_map").await;
    assert_eq!(step(client, "get").await, r#"{"only":"this"}"#);
}

/// T29
#[actix_web::test]
async fn what_is_not_a_sealed_cookie_is_none_and_no_error() {
    let site = site();
    let client = site.client();
    step(&client, "set").await;
    let genuine = client.cookie("foo").expect("the cookie");
    let cut = &genuine[..genuine.len() - 1];
    let flipped = format!(
        "{}{}",
        if genuine.starts_with('A') { 'B' } else { 'A' },
        &genuine[1..]
    );
    for forged in [
        "",
        "a",
        "a|b|c",
        "====",
        "\"\"",
        "%00",
        cut,
        &flipped,
        &format!("{genuine}A"),
        &genuine.repeat(40),
    ] {
        let header = format!("foo={forged}");
        let reply = client.get("/get").cookie_header(&header).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (200, "null"),
            "{header}"
        );
        assert!(reply.set_cookies().is_empty(), "{header}");
    }
    let reply = client
        .get("/get")
        .cookie_header(format!("foo={genuine}"))
        .send()
        .await;
    assert_eq!(reply.text(), r#"["a","b","c"]"#);
}

/// T30, T58
#[actix_web::test]
async fn a_sealed_cookie_opens_under_no_other_name_and_as_no_session() {
    let site = site();
    let client = site.client();
    step(&client, "set").await;
    step(&client, "session/fill").await;
    let cookie = client.cookie("foo").expect("the cookie");
    let session = client.cookie("__Host-session").expect("the session");
    let header = format!("bar={cookie}; __Host-session={cookie}; foo={session}");
    for (path, expected) in [
        ("/get_other", "null"),
        ("/get", "null"),
        ("/session/show", "0 forged"),
        ("/get_session_cookie", "null"),
    ] {
        let reply = client.get(path).cookie_header(&header).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (200, expected),
            "{path}"
        );
    }
    assert_eq!(
        step(&client, "get_session_cookie").await,
        "null",
        "a session is no sealed cookie"
    );
    assert_eq!(step(&client, "session/show").await, "1 loaded");
}

/// T44
#[actix_web::test]
async fn a_json_cookie_is_no_sealed_cookie() {
    let site = site();
    let client = &site.client();
    step(client, "json").await;
    assert_eq!(step(client, "get").await, "null");
}

/// T35
#[actix_web::test]
async fn refused_cookies_are_not_logged() {
    let logs = logs::capture();
    let site = site();
    let client = site.client();
    step(&client, "set_for_a_minute").await;
    step(&client, "session/fill").await;
    let mark = logs.mark();
    site.later(400 * 86_400);
    let forged = "f0rgedC00kieValueThatNobodySealed";
    for (name, value) in [
        ("foo", client.cookie("foo")),
        ("__Host-session", client.cookie("__Host-session")),
    ] {
        let expired = value.unwrap_or_default();
        for path in ["/get", "/session/show"] {
            client
                .get(path)
                .cookie_header(format!("{name}={expired}; {name}={forged}"))
                .send()
                .await;
        }
        let log = logs.since(mark);
        assert!(!log.contains(forged), "{name}");
        assert!(expired.is_empty() || !log.contains(&expired), "{name}");
    }
}

/// T37
#[actix_web::test]
async fn a_sealed_cookie_over_the_limit_is_an_error() {
    let reply = site().client().get("/too_large").send().await;
    assert_eq!(reply.text(), told(ErrorKind::TooLarge));
    assert!(reply.set_cookies().is_empty());
}
