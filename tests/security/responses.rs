//! Responses of every shape carry their cookies, and failures show the client nothing.

use std::convert::Infallible;

use actix_web::http::header;
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, Responder, get};
use futures_util::stream;
use sessions_runtime::testing::{Client, Failure, Operation, Reply, serve, serve_app};
use sessions_runtime::{Session, SessionError, SessionMiddleware, SessionsExt, with_sessions};

use crate::app::{self, COOKIE, KINDS, sign_in};
use crate::support::logs;
use crate::support::site::Site;

fn shaped(session: &Session, shape: &str) -> Result<HttpResponse, SessionError> {
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    let parts = || stream::iter(["one", "two", "three"].map(|part| Ok::<_, Infallible>(Bytes::from(part))));
    let etag = (header::ETAG, "\"v1\"");
    Ok(match shape {
        "stream" => HttpResponse::Ok().streaming(parts()),
        "206" => HttpResponse::PartialContent()
            .insert_header((header::CONTENT_RANGE, "bytes 0-2/9"))
            .insert_header(etag)
            .body("one"),
        "304" => HttpResponse::NotModified().insert_header(etag).finish(),
        "101" => HttpResponse::SwitchingProtocols()
            .upgrade("websocket")
            .streaming(parts()),
        "204" => HttpResponse::NoContent().finish(),
        "303" => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/elsewhere"))
            .finish(),
        "404" => HttpResponse::NotFound().body("no such page"),
        _ => HttpResponse::Ok().body("whole"),
    })
}

#[with_sessions(default = "securecookie")]
#[get("/shape/sealed/{shape}")]
async fn shaped_sealed(session: &Session, shape: web::Path<String>) -> Result<HttpResponse, SessionError> {
    shaped(session, &shape)
}

#[with_sessions(default = "memory")]
#[get("/shape/kept/{shape}")]
async fn shaped_kept(session: &Session, shape: web::Path<String>) -> Result<HttpResponse, SessionError> {
    shaped(session, &shape)
}

/// P37
#[actix_web::test]
async fn responses_of_every_shape_carry_the_session_cookie() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service((shaped_sealed, shaped_kept));
        app::routes(app);
    });
    for kind in KINDS {
        for (shape, status, body) in [
            ("stream", 200, "onetwothree"),
            ("206", 206, "one"),
            ("304", 304, ""),
            ("101", 101, ""),
            ("204", 204, ""),
            ("303", 303, ""),
            ("404", 404, "no such page"),
            ("whole", 200, "whole"),
        ] {
            let client = site.client();
            let request = client.get(&format!("/shape{kind}/{shape}"));
            let request = if shape == "101" {
                request
                    .header("connection", "upgrade")
                    .header("upgrade", "websocket")
            } else {
                request
            };
            let reply = request.send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (status, body),
                "{kind}: {shape}"
            );
            assert!(reply.set_cookie(COOKIE).is_some(), "{kind}: {shape}");
            assert_eq!(reply.header("vary"), Some("Cookie"), "{kind}: {shape}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{kind}: {shape}");
            assert_eq!(
                client.get(&format!("{kind}/origin")).send().await.text(),
                "loaded",
                "{kind}: {shape}"
            );
        }
    }
}

/// A client learns nothing from an answer like this.
fn opaque(reply: &Reply, status: u16) {
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.text().as_str(),
            reply.set_cookies().len()
        ),
        (status, "", 0)
    );
    for (name, value) in &reply.headers {
        let known = [
            "content-length",
            "date",
            "cache-control",
            "retry-after",
            "connection",
            "vary",
        ];
        assert!(known.contains(&name.as_str()), "{name}: {value:?}");
    }
}

#[with_sessions(default = "redis")]
#[get("/missing/default")]
async fn backend_is_missing() -> impl Responder {
    session.len().to_string()
}

#[with_sessions]
#[session(name = "absent_cart", backend = "memcache")]
#[get("/missing/further")]
async fn backend_of_a_further_one_is_missing() -> impl Responder {
    absent_cart.len().to_string()
}

#[with_sessions]
#[get("/missing/asked")]
async fn backend_asked_for_is_missing() -> Result<impl Responder, SessionError> {
    Ok(session_store
        .get_session("late_cart")
        .backend("memmory")
        .await?
        .len()
        .to_string())
}

/// P52, S60
#[actix_web::test]
async fn a_missing_backend_is_a_clear_500_and_one_line_with_the_code_to_add() {
    let logs = logs::capture();
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service((
            backend_is_missing,
            backend_of_a_further_one_is_missing,
            backend_asked_for_is_missing,
        ));
    });
    let client = site.client();
    for (path, handler, cure) in [
        (
            "/missing/default",
            "backend_is_missing",
            r#".backend("redis", Redis::connect("#,
        ),
        (
            "/missing/further",
            "backend_of_a_further_one_is_missing",
            r#".backend("memcache", Memcache::connect("#,
        ),
    ] {
        let mark = logs.mark();
        opaque(&client.get(path).send().await, 500);
        let lines = logs.lines(mark, handler);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("ERROR") && lines[0].contains(cure), "{lines:?}");
        assert!(!logs.since(mark).contains("panicked"));
    }
    opaque(&client.get("/missing/asked").send().await, 500);
}

#[with_sessions]
#[get("/forgotten/handler")]
async fn app_data_is_forgotten() -> impl Responder {
    session.len().to_string()
}

#[with_sessions]
#[get("/forgotten/unused")]
async fn app_data_is_not_needed() -> impl Responder {
    "fine"
}

async fn without_attribute(request: HttpRequest) -> Result<impl Responder, SessionError> {
    Ok(request
        .session_store()?
        .get_session("session")
        .await?
        .len()
        .to_string())
}

async fn extracted(session: Session) -> impl Responder {
    session.len().to_string()
}

fn forgotten(app: &mut ServiceConfig) {
    app.service((app_data_is_forgotten, app_data_is_not_needed));
    app.route("/forgotten/closure", web::get().to(without_attribute));
    app.route("/forgotten/extractor", web::get().to(extracted));
}

/// P52, S60
#[actix_web::test]
async fn forgotten_app_data_is_an_opaque_500_and_one_line_with_the_code_to_add() {
    let logs = logs::capture();
    let server = serve(forgotten);
    let client = Client::new(&server);
    let mark = logs.mark();
    opaque(&client.get("/forgotten/handler").send().await, 500);
    let lines = logs.lines(mark, "app_data_is_forgotten");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("ERROR") && lines[0].contains(".app_data(sessions.clone())"),
        "{lines:?}"
    );
    opaque(&client.get("/forgotten/closure").send().await, 500);
    opaque(&client.get("/forgotten/extractor").send().await, 500);
    assert_eq!(
        client.get("/forgotten/unused").send().await.text(),
        "fine",
        "what uses no session needs none"
    );

    let server = serve_app(|| App::new().configure(forgotten).wrap(SessionMiddleware::new()));
    opaque(&Client::new(&server).get("/forgotten/handler").send().await, 500);
}

/// S60
/// Down while loading, down while saving, occupied: an empty body, and no header that tells why.
#[actix_web::test]
async fn failures_of_a_backend_show_the_client_nothing() {
    let site = app::site();
    let client = site.client();
    sign_in(&client, "/kept").await;
    for (operation, failure, path) in [
        (Operation::Load, Failure::Before, "/kept/get/user"),
        (Operation::Load, Failure::Busy, "/kept/get/user"),
        (Operation::Replace, Failure::Before, "/kept/put/user/eve"),
        (Operation::Replace, Failure::After, "/kept/put/user/bob"),
        (Operation::Create, Failure::Before, "/kept/renew"),
        (Operation::Delete, Failure::Before, "/kept/destroy"),
    ] {
        site.backend.fail_next(operation, failure);
        opaque(&client.get(path).send().await, 503);
    }
    opaque(&client.get("/kept/fill/blob/100000").send().await, 500);
}
