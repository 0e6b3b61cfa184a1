//! Which responses save: those below 500, whatever they are made of.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError, dev, get, web};
use futures_util::future::LocalBoxFuture;
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, SessionStore, SessionsExt, with_sessions};

use crate::places::{COOKIE, PLACES, describe, handlers_on_both_places};
use crate::support::site::Site;

/// An error of the application with a status of its own.
#[derive(Debug)]
struct Refusal(StatusCode);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.0
    }
}

handlers_on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    if step == "fill" {
        session.insert("user", "ada")?;
    }
    describe(session)
}

/// Changes everything that can be changed, and answers with a status, as a response or as an error.
fn change(way: &str, status: u16, session: &Session, store: &SessionStore) -> Result<HttpResponse, Error> {
    session.insert("changed", true)?;
    session.add_flash("message")?;
    session.renew();
    store.set_cookie("pending", "x")?;
    if way == "destroy" {
        session.destroy();
    }
    let status = StatusCode::from_u16(status).unwrap_or_default();
    if way == "error" {
        return Err(Refusal(status).into());
    }
    Ok(HttpResponse::build(status)
        .insert_header(("x-own", "1"))
        .body("the body"))
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/change/{way}/{status}")]
async fn change_sealed(path: web::Path<(String, u16)>) -> Result<HttpResponse, Error> {
    change(&path.0, path.1, session, session_store)
}

#[with_sessions(default = "memory")]
#[get("/kept/change/{way}/{status}")]
async fn change_kept(path: web::Path<(String, u16)>) -> Result<HttpResponse, Error> {
    change(&path.0, path.1, session, session_store)
}

#[with_sessions(default = "securecookie", save = "always")]
#[get("/sealed/always/{status}")]
async fn always_sealed(status: web::Path<u16>) -> Result<HttpResponse, Error> {
    change("response", *status, session, session_store)
}

#[with_sessions(default = "memory", save = "always")]
#[get("/kept/always/{status}")]
async fn always_kept(status: web::Path<u16>) -> Result<HttpResponse, Error> {
    change("response", *status, session, session_store)
}

/// An extractor that writes into the session and then refuses.
struct SignedIn;

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let backend = if request.path().starts_with("/kept") {
                "memory"
            } else {
                "securecookie"
            };
            let session = request
                .session_store()?
                .get_session("session")
                .backend(backend)
                .await?;
            session.add_flash("please sign in")?;
            Err(Refusal(StatusCode::UNAUTHORIZED).into())
        })
    }
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/guarded")]
async fn guarded_sealed(_user: SignedIn) -> Result<String, SessionError> {
    session.insert("reached", true)?;
    Ok(String::new())
}

/// Mentions no session: the extractor is the only one that opens the store.
#[with_sessions(default = "memory")]
#[get("/kept/guarded")]
async fn guarded_kept(_user: SignedIn) -> &'static str {
    "reached"
}

fn site() -> Site {
    Site::new(|app| {
        app.service((
            change_sealed,
            change_kept,
            always_sealed,
            always_kept,
            guarded_sealed,
            guarded_kept,
        ));
        app.service((on_sealed, on_kept));
    })
}

const CHANGED: &str = r#"changed=true user="ada" flash/info:message"#;

/// T25, T24, P23
#[actix_web::test]
async fn every_answer_below_500_saves() {
    let site = site();
    for place in PLACES {
        for way in ["response", "error"] {
            for status in [200, 204, 303, 304, 400, 403, 404, 499] {
                let client = site.client();
                client.get(&format!("{place}/fill")).send().await;
                let reply = client.get(&format!("{place}/change/{way}/{status}")).send().await;
                assert_eq!(reply.status.as_u16(), status, "{place}/{way}/{status}");
                assert!(reply.set_cookie(COOKIE).is_some(), "{place}/{way}/{status}");
                assert_eq!(
                    client.cookie("pending").as_deref(),
                    Some("x"),
                    "{place}/{way}/{status}"
                );
                let text = client.get(&format!("{place}/show")).send().await.text();
                assert_eq!(text, CHANGED, "{place}/{way}/{status}");
            }
        }
    }
}

/// T25
#[actix_web::test]
async fn an_answer_of_500_and_above_drops_values_messages_renewals_and_cookies() {
    let site = site();
    for place in PLACES {
        for (way, status) in [
            ("response", 500),
            ("error", 500),
            ("response", 503),
            ("error", 599),
        ] {
            let client = site.client();
            client.get(&format!("{place}/fill")).send().await;
            site.backend.take_operations();
            let reply = client.get(&format!("{place}/change/{way}/{status}")).send().await;
            assert_eq!(reply.status.as_u16(), status, "{place}/{way}/{status}");
            assert!(reply.set_cookies().is_empty(), "{place}/{way}/{status}");
            let loads = if place == "/kept" {
                vec![Operation::Load]
            } else {
                vec![]
            };
            assert_eq!(site.backend.take_operations(), loads, "{place}/{way}/{status}");
            assert_eq!(
                client.get(&format!("{place}/show")).send().await.text(),
                r#"user="ada""#,
                "{place}"
            );
        }
    }
}

/// T25
#[actix_web::test]
async fn a_handler_may_save_always() {
    let site = site();
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        let reply = client.get(&format!("{place}/always/500")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.set_cookies().len()),
            (500, 2),
            "{place}"
        );
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            CHANGED,
            "{place}"
        );
    }
}

/// T25, T62
#[actix_web::test]
async fn destroying_takes_effect_whatever_the_status() {
    let site = site();
    for place in PLACES {
        for status in [200, 403, 500] {
            let client = site.client();
            client.get(&format!("{place}/fill")).send().await;
            let reply = client
                .get(&format!("{place}/change/destroy/{status}"))
                .send()
                .await;
            assert_eq!(reply.status.as_u16(), status, "{place}");
            assert!(
                reply.set_cookie(COOKIE).is_some_and(|cookie| cookie.is_removal()),
                "{place}/{status}"
            );
            assert_eq!(client.cookie(COOKIE), None, "{place}/{status}");
        }
        assert!(site.memory.is_empty(), "{place}");
    }
}

/// T75
#[actix_web::test]
async fn saving_alters_neither_status_nor_body_nor_headers_of_the_handler() {
    let site = site();
    for place in PLACES {
        for status in [200, 404] {
            let reply = site
                .client()
                .get(&format!("{place}/change/response/{status}"))
                .send()
                .await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (status, "the body"),
                "{place}"
            );
            assert_eq!(reply.header("x-own"), Some("1"), "{place}");
        }
        let reply = site
            .client()
            .get(&format!("{place}/change/error/404"))
            .send()
            .await;
        assert_eq!(reply.text(), "refused", "{place}");
    }
}

/// P29, T24
#[actix_web::test]
async fn what_a_refusing_extractor_wrote_is_saved() {
    let site = site();
    for place in PLACES {
        let client = site.client();
        let reply = client.get(&format!("{place}/guarded")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (401, "refused"),
            "{place}"
        );
        let text = client.get(&format!("{place}/show")).send().await.text();
        assert_eq!(text, "flash/info:please sign in", "{place}");
    }
}
