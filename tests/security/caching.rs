//! What caches between the application and its visitors are told.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, get};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::app::{self, COOKIE, KINDS, sign_in};
use crate::support::site::Site;

fn write(session: &Session, own: &str) -> Result<HttpResponse, SessionError> {
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    let mut response = HttpResponse::Ok();
    match own {
        "private" => response.insert_header((header::CACHE_CONTROL, "private, max-age=60")),
        "stricter" => response.insert_header((
            header::CACHE_CONTROL,
            "no-store, no-cache, must-revalidate, private",
        )),
        "language" => response.insert_header((header::VARY, "Accept-Language")),
        "cookie" => response.insert_header((header::VARY, "accept-encoding, COOKIE")),
        "star" => response.insert_header((header::VARY, "*")),
        _ => &mut response,
    };
    Ok(response.finish())
}

#[with_sessions(default = "securecookie")]
#[get("/cache/sealed/{own}")]
async fn write_sealed(session: &Session, own: web::Path<String>) -> Result<HttpResponse, SessionError> {
    write(session, &own)
}

#[with_sessions(default = "memory")]
#[get("/cache/kept/{own}")]
async fn write_kept(session: &Session, own: web::Path<String>) -> Result<HttpResponse, SessionError> {
    write(session, &own)
}

fn site() -> Site {
    Site::new(|app: &mut ServiceConfig| {
        app.service((write_sealed, write_kept));
        app::routes(app);
    })
}

/// S37, V36
#[actix_web::test]
async fn an_answer_that_sets_a_session_cookie_is_not_stored() {
    let site = site();
    for kind in KINDS {
        for (own, expected) in [
            ("-", "no-store"),
            ("private", "private, max-age=60"),
            ("stricter", "no-store, no-cache, must-revalidate, private"),
        ] {
            let reply = site.client().get(&format!("/cache{kind}/{own}")).send().await;
            assert!(reply.set_cookie(COOKIE).is_some(), "{kind}: {own}");
            assert_eq!(reply.header("cache-control"), Some(expected), "{kind}: {own}");
            assert_eq!(reply.headers.get_all("cache-control").count(), 1, "{kind}: {own}");
        }
    }
}

/// S37, V36
/// Setting, renewing, ending, remembering: each sends the cookie, and none of it may be replayed to somebody else.
#[actix_web::test]
async fn every_sort_of_session_cookie_forbids_storing() {
    let site = app::site();
    for kind in KINDS {
        for action in ["put/user/eve", "flash/hello", "renew", "remember", "destroy"] {
            let client = site.client();
            sign_in(&client, kind).await;
            let reply = client.get(&format!("{kind}/{action}")).send().await;
            let sent = reply.set_cookie(COOKIE).is_some();
            assert_eq!(
                reply.header("cache-control"),
                sent.then_some("no-store"),
                "{kind}/{action}"
            );
            // A change of a server session is no change of its cookie.
            assert_eq!(
                sent,
                kind == "/sealed" || !["put/user/eve", "flash/hello"].contains(&action),
                "{kind}/{action}"
            );
        }
    }
}

/// S37, S38
#[actix_web::test]
async fn pages_without_sessions_stay_cacheable() {
    let site = app::site();
    let client = site.client();
    sign_in(&client, "/sealed").await;
    let reply = client.get("/plain").send().await;
    assert_eq!(
        (reply.header("vary"), reply.header("cache-control")),
        (None, None)
    );
    let reply = client.get("/sealed/get/user").send().await;
    assert_eq!(
        (reply.header("vary"), reply.header("cache-control")),
        (Some("Cookie"), None),
        "read, and nothing sent"
    );
}

/// S38
#[actix_web::test]
async fn vary_is_added_to_what_the_handler_says() {
    let site = site();
    for kind in KINDS {
        for (own, expected) in [
            ("language", &["Accept-Language", "Cookie"][..]),
            ("cookie", &["accept-encoding, COOKIE"]),
            ("star", &["*"]),
            ("-", &["Cookie"]),
        ] {
            let reply = site.client().get(&format!("/cache{kind}/{own}")).send().await;
            let values: Vec<_> = reply
                .headers
                .get_all("vary")
                .map(|value| value.to_str().expect("text"))
                .collect();
            assert_eq!(values, expected, "{kind}: {own}");
        }
    }
}

/// S38, V18
/// Nothing changes but the time of the last use.
#[actix_web::test]
async fn an_answer_that_only_refreshes_the_session_varies_and_is_not_stored() {
    let site = Site::with(
        |builder| builder.idle_timeout(Duration::from_secs(1_000)),
        app::routes,
    );
    for kind in KINDS {
        let client = site.client();
        sign_in(&client, kind).await;
        site.later(500);
        site.backend.take_operations();
        let reply = client.get(&format!("{kind}/get/user")).send().await;
        assert_eq!(
            (reply.text().as_str(), reply.header("vary")),
            ("ada", Some("Cookie")),
            "{kind}"
        );
        if kind == "/sealed" {
            assert!(reply.set_cookie(COOKIE).is_some(), "the refresh");
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        } else {
            assert_eq!(
                site.backend.take_operations(),
                [Operation::Load, Operation::Touch],
                "the refresh"
            );
        }
    }
}

/// S37, S38
/// Errors depend on the visitor as pages do.
#[actix_web::test]
async fn failures_are_not_stored_and_vary() {
    let site = app::site();
    let client = site.client();
    sign_in(&client, "/kept").await;
    for (operation, path) in [
        (Operation::Load, "/kept/get/user"),
        (Operation::Replace, "/kept/put/user/eve"),
    ] {
        site.backend.fail_next(operation, Failure::Before);
        let reply = client.get(path).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("cache-control")),
            (503, Some("no-store")),
            "{path}"
        );
        assert_eq!(reply.header("vary"), Some("Cookie"), "{path}");
    }
}
