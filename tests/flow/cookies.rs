//! Cookies of the application's own, set and deleted before there is a response.

use actix_web::cookie::{Cookie, SameSite as PlainSameSite};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::{Value, json};
use sessions_runtime::{ErrorKind, SessionError, SessionStore, with_sessions};

use crate::places::{kind, told};
use crate::support::site::Site;

#[with_sessions]
#[get("/do/{step}")]
async fn steps(step: web::Path<String>) -> Result<String, SessionError> {
    act(&step, session_store)
}

fn act(step: &str, store: &SessionStore) -> Result<String, SessionError> {
    match step {
        "set" => store.set_cookie("key", "value")?,
        "set_two" => {
            store.set_cookie("key", "first")?;
            store.set_cookie("other", "x")?;
            store.set_cookie("key", "second")?;
        }
        "delete" => store.delete_cookie("key")?,
        "set_and_delete" => {
            store.set_cookie("key", "value")?;
            store.delete_cookie("key")?;
        }
        "delete_and_set" => {
            store.delete_cookie("key")?;
            store.set_cookie("key", "again")?;
        }
        "set_and_unset" => {
            store.set_cookie("key", "value")?;
            return Ok(format!(
                "{} {}",
                store.unset_cookie("key"),
                store.unset_cookie("key")
            ));
        }
        "delete_and_unset" => {
            store.delete_cookie("key")?;
            return Ok(store.unset_cookie("key").to_string());
        }
        "set_special" => store.set_cookie_with("special", "x", |args| args.path("/do").partitioned(true))?,
        "delete_special" => store.delete_cookie_with("special", |args| args.path("/do").partitioned(true))?,
        "json" => store.set_json_cookie("prefs", &json!({"a b": ["ü", 1, null], "c;": "\"\r\n\\"}))?,
        "json_text" => store.set_json_cookie("prefs", "dark")?,
        _ => {}
    }
    Ok(String::new())
}

#[get("/see")]
async fn see(request: HttpRequest) -> String {
    request
        .cookie("key")
        .map_or_else(|| "none".to_owned(), |cookie| cookie.value().to_owned())
}

/// Sets cookies both ways.
#[with_sessions]
#[get("/both/{name}")]
async fn set_both(name: web::Path<String>) -> Result<HttpResponse, SessionError> {
    session_store.set_cookie(
        "store",
        "from the store".split(' ').next_back().unwrap_or_default(),
    )?;
    let own = Cookie::build(name.into_inner(), "response")
        .same_site(PlainSameSite::Lax)
        .path("/")
        .finish();
    let kept = Cookie::build("kept", "response")
        .same_site(PlainSameSite::Lax)
        .path("/")
        .finish();
    Ok(HttpResponse::Ok().cookie(own).cookie(kept).finish())
}

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
        app.service((steps, see, set_both, set_refused, set_taken, set_taken_later));
    })
}

/// G19, T40
#[actix_web::test]
async fn a_cookie_set_before_the_response_is_set_with_it() {
    let site = site();
    let client = site.client();
    let reply = client.get("/do/set").send().await;
    let cookie = reply.set_cookie("key").expect("the cookie");
    assert_eq!(
        (cookie.value.as_str(), cookie.path.as_deref(), cookie.max_age),
        ("value", Some("/"), None)
    );
    assert!(cookie.secure && cookie.http_only && cookie.same_site.as_deref() == Some("Lax"));
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(client.get("/see").send().await.text(), "value");
}

/// G20, T43
#[actix_web::test]
async fn set_read_delete_and_set_again_works() {
    let site = site();
    let client = site.client();
    for _ in 0..2 {
        assert_eq!(client.get("/see").send().await.text(), "none");
        client.get("/do/set").send().await;
        assert_eq!(client.get("/see").send().await.text(), "value");
        let reply = client.get("/do/delete").send().await;
        assert!(
            reply
                .set_cookie("key")
                .is_some_and(|cookie| cookie.is_removal() && cookie.value.is_empty())
        );
    }
    assert_eq!(client.get("/see").send().await.text(), "none");
}

/// T43
/// The client refuses a removal that differs from its cookie in any attribute.
#[actix_web::test]
async fn a_removal_has_every_attribute_of_the_cookie() {
    let site = site();
    let client = site.client();
    client.get("/do/set_special").send().await;
    assert_eq!(client.cookie("special").as_deref(), Some("x"));
    let reply = client.get("/do/delete_special").send().await;
    let removal = reply.set_cookie("special").expect("a removal");
    assert!(removal.secure && removal.partitioned && removal.path.as_deref() == Some("/do"));
    assert_eq!(client.cookie("special"), None);
}

/// T40, T23
#[actix_web::test]
async fn the_last_call_for_a_name_wins_and_each_name_is_set_once() {
    let site = site();
    let client = site.client();
    let reply = client.get("/do/set_two").send().await;
    let set: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(|cookie| (cookie.name, cookie.value))
        .collect();
    assert_eq!(
        set,
        [
            ("key".to_owned(), "second".to_owned()),
            ("other".to_owned(), "x".to_owned())
        ]
    );
    let reply = client.get("/do/set_and_delete").send().await;
    assert_eq!(reply.set_cookies().len(), 1);
    assert!(reply.set_cookies()[0].is_removal());
    let reply = client.get("/do/delete_and_set").send().await;
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(client.get("/see").send().await.text(), "again");
}

/// T42
#[actix_web::test]
async fn unset_forgets_what_is_pending_and_leaves_the_browser_s_cookie() {
    let site = site();
    let client = site.client();
    let reply = client.get("/do/set_and_unset").send().await;
    assert_eq!(
        (reply.text().as_str(), reply.set_cookies().len()),
        ("true false", 0)
    );
    assert_eq!(client.cookie("key"), None);
    client.get("/do/set").send().await;
    let reply = client.get("/do/delete_and_unset").send().await;
    assert_eq!((reply.text().as_str(), reply.set_cookies().len()), ("true", 0));
    assert_eq!(client.get("/see").send().await.text(), "value");
}

/// T44
#[actix_web::test]
async fn a_json_cookie_is_percent_encoded_json() {
    let site = site();
    let reply = site.client().get("/do/json").send().await;
    let raw = reply.set_cookie("prefs").expect("the cookie");
    let line = format!("prefs={}", raw.value);
    let cookie = Cookie::parse_encoded(line).expect("a cookie");
    let value: Value = serde_json::from_str(cookie.value()).expect("JSON");
    assert_eq!(value, json!({"a b": ["ü", 1, null], "c;": "\"\r\n\\"}));
    let reply = site.client().get("/do/json_text").send().await;
    assert_eq!(
        reply.set_cookie("prefs").map(|cookie| cookie.value).as_deref(),
        Some("%22dark%22")
    );
}

/// G18, T23
#[actix_web::test]
async fn cookies_of_the_response_stand_beside_those_of_the_store() {
    let site = site();
    let reply = site.client().get("/both/own").send().await;
    for (name, value) in [("own", "response"), ("kept", "response"), ("store", "store")] {
        assert_eq!(
            reply.set_cookie(name).map(|cookie| cookie.value).as_deref(),
            Some(value),
            "{name}"
        );
    }
    // Of one name, the store's is sent.
    let reply = site.client().get("/both/store").send().await;
    assert_eq!(reply.set_cookies().len(), 2);
    assert_eq!(
        reply.set_cookie("store").map(|cookie| cookie.value).as_deref(),
        Some("store")
    );
    assert_eq!(
        reply.set_cookie("kept").map(|cookie| cookie.value).as_deref(),
        Some("response")
    );
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
