//! Headers beside a session, and responses of every sort that carry its cookie.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use futures_util::stream;
use serde_json::json;
use sessions_runtime::{Session, SessionError, SessionStore, with_sessions};

use crate::places::{COOKIE, PLACES, handlers_on_both_places, kind};
use crate::support::site::Site;

handlers_on_both_places!(act);

/// Every way to look at a session, one for each step; `never` mentions it and does not look.
async fn act(step: &str, session: &Session, store: &SessionStore) -> Result<String, SessionError> {
    Ok(match step {
        "insert" => kind(session.insert("number", 1)),
        "get" => kind(session.get::<u8>("number")),
        "contains_key" => session.contains_key("number").to_string(),
        "len" => session.len().to_string(),
        "is_empty" => session.is_empty().to_string(),
        "keys" => session.keys().join(" "),
        "is_new" => session.is_new().to_string(),
        "origin" => session.origin().to_string(),
        "is_modified" => session.is_modified().to_string(),
        "peek_flashes" => kind(session.peek_flashes()),
        "take_flashes" => kind(session.take_flashes().await),
        "remove" => session.remove("absent").to_string(),
        "take" => kind(session.take::<u8>("absent")),
        "secure_cookie" => kind(store.get_secure_cookie::<u8>("any")),
        _ => session.name().to_owned(),
    })
}

/// Everything but these looks at the session, whatever comes of it.
const LOOKING: [&str; 14] = [
    "insert",
    "get",
    "contains_key",
    "len",
    "is_empty",
    "keys",
    "is_new",
    "origin",
    "is_modified",
    "peek_flashes",
    "take_flashes",
    "remove",
    "take",
    "secure_cookie",
];

#[with_sessions]
#[get("/own/{vary}/{cache}")]
async fn own(path: web::Path<(String, String)>) -> Result<HttpResponse, SessionError> {
    session.insert("number", 1)?;
    let mut response = HttpResponse::Ok();
    if path.0 != "none" {
        response.insert_header((VARY, path.0.as_str()));
    }
    if path.1 != "none" {
        response.insert_header((CACHE_CONTROL, path.1.as_str()));
    }
    Ok(response.finish())
}

/// Answers with bodies of every sort; `x-late` tells what a call after the end gave.
fn body(sort: &str, session: &Session, store: &SessionStore) -> Result<HttpResponse, SessionError> {
    session.insert("sort", sort)?;
    let (session, store) = (session.clone(), store.clone());
    Ok(match sort {
        "stream" => HttpResponse::Ok().streaming(stream::iter(
            ["one ", "two"].map(|text| Ok::<_, actix_web::Error>(Bytes::from_static(text.as_bytes()))),
        )),
        "late" => HttpResponse::Ok().streaming(stream::once(async move {
            let told = json!([
                kind(session.insert("late", true)),
                kind(session.get::<bool>("late")),
                kind(session.save().await),
                kind(session.take_flashes().await),
                kind(store.set_cookie("late", "x")),
                kind(store.get_session("other").await),
                session.contains_key("sort"),
                session.remove("sort"),
            ]);
            Ok::<_, actix_web::Error>(Bytes::from(told.to_string()))
        })),
        "switching" => HttpResponse::SwitchingProtocols()
            .insert_header(("upgrade", "own"))
            .finish(),
        status => {
            let status = status
                .parse()
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok());
            HttpResponse::build(status.unwrap_or_default()).finish()
        }
    })
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/body/{sort}")]
async fn body_sealed(sort: web::Path<String>) -> Result<HttpResponse, SessionError> {
    body(&sort, session, session_store)
}

#[with_sessions(default = "memory")]
#[get("/kept/body/{sort}")]
async fn body_kept(sort: web::Path<String>) -> Result<HttpResponse, SessionError> {
    body(&sort, session, session_store)
}

fn site() -> Site {
    Site::new(|app| {
        app.service((body_sealed, body_kept, own, on_sealed, on_kept));
    })
}

/// T74
#[actix_web::test]
async fn a_response_varies_by_cookie_where_the_session_was_looked_at() {
    let site = site();
    for place in PLACES {
        for step in LOOKING {
            let reply = site.client().get(&format!("{place}/{step}")).send().await;
            assert_eq!(reply.header("vary"), Some("Cookie"), "{place}/{step}");
            let cached = reply.header("cache-control");
            assert_eq!(cached, (step == "insert").then_some("no-store"), "{place}/{step}");
        }
        let reply = site.client().get(&format!("{place}/never")).send().await;
        assert_eq!(
            (reply.header("vary"), reply.header("cache-control")),
            (None, None),
            "{place}"
        );
    }
}

/// T74
#[actix_web::test]
async fn the_handler_s_own_headers_stay() {
    let site = site();
    for (path, vary, cache) in [
        ("/own/none/none", vec!["Cookie"], "no-store"),
        ("/own/Origin/private", vec!["Origin", "Cookie"], "private"),
        ("/own/accept,%20cookie/none", vec!["accept, cookie"], "no-store"),
        ("/own/*/no-cache", vec!["*"], "no-cache"),
    ] {
        let reply = site.client().get(path).send().await;
        let varies: Vec<_> = reply
            .headers
            .get_all(VARY)
            .filter_map(|value| value.to_str().ok())
            .collect();
        assert_eq!(
            (varies, reply.header("cache-control")),
            (vary, Some(cache)),
            "{path}"
        );
    }
}

/// P37
#[actix_web::test]
async fn responses_of_every_sort_carry_the_cookie() {
    let site = site();
    for place in PLACES {
        for (sort, status) in [
            ("stream", 200),
            ("switching", 101),
            ("204", 204),
            ("206", 206),
            ("304", 304),
        ] {
            let reply = site.client().get(&format!("{place}/body/{sort}")).send().await;
            assert_eq!(reply.status.as_u16(), status, "{place}: {sort}");
            assert!(reply.set_cookie(COOKIE).is_some(), "{place}: {sort}");
            assert_eq!(
                reply.text(),
                if sort == "stream" { "one two" } else { "" },
                "{place}: {sort}"
            );
        }
    }
}

/// P36
#[actix_web::test]
async fn after_the_response_has_begun_session_and_store_are_closed() {
    let site = site();
    for place in PLACES {
        let client = site.client();
        let told = client
            .get(&format!("{place}/body/late"))
            .send()
            .await
            .json::<serde_json::Value>();
        let closed = "Closed";
        assert_eq!(
            told,
            json!([closed, closed, closed, closed, closed, closed, false, false]),
            "{place}"
        );
        assert_eq!(client.cookie("late"), None, "{place}");
        assert_eq!(
            client.get(&format!("{place}/keys")).send().await.text(),
            "sort",
            "{place}"
        );
    }
}
