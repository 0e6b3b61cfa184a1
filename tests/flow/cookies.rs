//! Cookies of the application's own, set and deleted before there is a response.

use actix_web::cookie::{Cookie, SameSite as PlainSameSite};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::{Value, json};
use sessions_runtime::{SessionError, SessionStore, with_sessions};

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

fn site() -> Site {
    Site::new(|app| {
        app.service((steps, see, set_both));
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
