//! Names and values that a cookie cannot have, and names that are taken.

use actix_web::get;
use serde_json::{Value, json};
use sessions_runtime::{ErrorKind, SessionError, with_sessions};

use crate::places::{kind, told};
use crate::support::site::Site;

#[with_sessions]
#[get("/refused")]
async fn set_refused() -> Result<String, SessionError> {
    let long = "n".repeat(129);
    let names = ["", "a b", "a=b", "a;b", "ä", "a\r\nb", " a", &long];
    let names = names.map(|name| kind(session_store.set_cookie(name, "x")));
    let values = [
        "a b",
        "a;b",
        "a,b",
        "\"a\"",
        "a\\b",
        "ä",
        "a\r\nSet-Cookie: b=c",
        "a\0",
    ];
    let values = values.map(|value| kind(session_store.set_cookie("key", value)));
    let paths = ["", "relative", "/a;b", "/a\r\nb", "/ä", "/a b"];
    let paths = paths.map(|path| kind(session_store.set_cookie_with("key", "x", |args| args.path(path))));
    let domains = ["a b", "https://example.com", "a;b", "example.com:80", "ä.example"];
    let domains = domains.map(|it| kind(session_store.set_cookie_with("key", "x", |args| args.domain(it))));
    let large = kind(session_store.set_cookie("key", &"x".repeat(4_097)));
    let prefix = kind(session_store.set_cookie_with("__Host-key", "x", |args| args.path("/shop")));
    Ok(json!([names, values, paths, domains, large, prefix]).to_string())
}

#[with_sessions]
#[get("/taken")]
async fn set_taken() -> Result<String, SessionError> {
    session.insert("user", "ada")?;
    session_store.get_session("basket").await?.insert("tea", 1)?;
    let wanted = ["__Host-session", "__Host-basket", "session", "basket"];
    let set = wanted.map(|name| kind(session_store.set_cookie(name, "x")));
    let deleted = wanted.map(|name| kind(session_store.delete_cookie(name)));
    let sealed = kind(session_store.set_secure_cookie("__Host-session", "x"));
    let json = kind(session_store.set_json_cookie("__Host-session", "x"));
    Ok(format!("{} {} {sealed} {json}", set.join(" "), deleted.join(" ")))
}

/// Sets a cookie first, and then opens a session of that cookie's name.
#[with_sessions]
#[get("/taken_later")]
async fn set_taken_later() -> Result<String, SessionError> {
    session_store.set_cookie("__Host-late", "plain")?;
    session_store.get_session("late").await?.insert("tea", 1)?;
    Ok(String::new())
}

fn site() -> Site {
    Site::new(|app| {
        app.service((set_refused, set_taken, set_taken_later));
    })
}

/// T47, T37
#[actix_web::test]
async fn what_a_header_must_not_hold_is_refused_and_nothing_is_sent() {
    let site = site();
    let reply = site.client().get("/refused").send().await;
    let (name, cookie) = (told(ErrorKind::InvalidName), told(ErrorKind::InvalidCookie));
    let expected = json!([
        vec![&name; 8],
        vec![&cookie; 8],
        vec![&cookie; 6],
        vec![&cookie; 5],
        told(ErrorKind::TooLarge),
        name
    ]);
    assert_eq!(reply.json::<Value>(), expected);
    assert!(reply.set_cookies().is_empty());
}

/// T23
#[actix_web::test]
async fn the_cookie_of_a_session_cannot_be_set_by_hand() {
    let site = site();
    let reply = site.client().get("/taken").send().await;
    let taken = told(ErrorKind::NameTaken);
    assert_eq!(
        reply.text(),
        format!("{taken} {taken} fine fine {taken} {taken} fine fine {taken} {taken}")
    );
    let names: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(|cookie| cookie.name)
        .collect();
    assert_eq!(names, ["session", "basket", "__Host-session", "__Host-basket"]);
}

/// T23
#[actix_web::test]
async fn a_session_opened_later_wins_over_a_cookie_of_its_name() {
    let site = site();
    let reply = site.client().get("/taken_later").send().await;
    assert_eq!(reply.set_cookies().len(), 1);
    assert!(
        reply
            .set_cookie("__Host-late")
            .is_some_and(|cookie| cookie.value.len() > 40)
    );
}
