//! `SessionMiddleware`, other middleware beside it, and handlers without the attribute.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, get, guard, web};
use sessions_runtime::testing::{Client, Server, serve_app};
use sessions_runtime::{Session, SessionError, SessionMiddleware, SessionStore, SessionsExt, with_sessions};

use crate::places::COOKIE;
use crate::support::logs;
use crate::support::site::parts;

#[with_sessions]
#[get("/annotated")]
async fn annotated() -> Result<String, SessionError> {
    session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

#[with_sessions]
#[get("/show")]
async fn show() -> Result<String, SessionError> {
    crate::places::describe(session)
}

#[with_sessions]
#[get("/failing")]
async fn failing() -> Result<String, Error> {
    session.add_flash("written before the failure")?;
    Err(actix_web::error::ErrorForbidden("no"))
}

async fn by_extractor(session: Session, store: SessionStore) -> Result<String, SessionError> {
    store.set_cookie("plain", "x")?;
    session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

async fn by_request(request: HttpRequest) -> Result<String, SessionError> {
    let session = request.session_store()?.get_session("session").await?;
    session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

async fn unsaved(request: HttpRequest) -> Result<String, SessionError> {
    request
        .session_store()?
        .get_session("nobody_saves_this")
        .await?
        .insert("lost", true)?;
    Ok(String::new())
}

fn routes(app: &mut web::ServiceConfig) {
    app.service((annotated, show, failing))
        .route("/extractor", web::get().to(by_extractor))
        .route("/request", web::get().to(by_request))
        .route("/unsaved", web::get().to(unsaved))
        .route(
            "/closure",
            web::get().to(|session: Session| async move { session.insert("closure", true).map(|()| "") }),
        )
        .route(
            "/guarded",
            web::get()
                .guard(guard::fn_guard(is_ada))
                .to(|| async { "hello ada" }),
        )
        .route("/guarded", web::get().to(|| async { "hello" }))
        .route(
            "/sign_in",
            web::get().to(|session: Session| async move { session.insert("user", "ada").map(|()| "") }),
        );
}

/// Guards cannot await; they see what is loaded, or sealed.
fn is_ada(context: &guard::GuardContext<'_>) -> bool {
    let session = context
        .session_store()
        .ok()
        .and_then(|store| store.loaded_session("session"));
    session.is_some_and(|session| session.get::<String>("user").ok().flatten().as_deref() == Some("ada"))
}

/// A server with `SessionMiddleware` outermost; the default session is on this backend.
fn server(backend: &'static str) -> (Server, Client) {
    let (clock, _, _, builder) = parts();
    let sessions = builder.default_backend(backend).build().expect("fit settings");
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .configure(routes)
            .wrap(SessionMiddleware::new().load("session"))
    });
    let client = Client::new(&server).with_clock(clock);
    (server, client)
}

const BACKENDS: [&str; 2] = ["securecookie", "memory"];

/// G2, T24
#[actix_web::test]
async fn everything_below_the_middleware_has_sessions() {
    for backend in BACKENDS {
        let (_server, client) = server(backend);
        let mut count = 0;
        for path in [
            "/annotated",
            "/extractor",
            "/request",
            "/annotated",
            "/request",
            "/extractor",
        ] {
            count += 1;
            let reply = client.get(path).send().await;
            assert_eq!(reply.text(), count.to_string(), "{backend}{path}");
        }
        assert_eq!(client.cookie("plain").as_deref(), Some("x"), "{backend}");
        client.get("/closure").send().await;
        assert_eq!(
            client.get("/show").send().await.text(),
            "closure=true visits=6",
            "{backend}"
        );
    }
}

/// G2
#[actix_web::test]
async fn guards_see_the_session_that_the_middleware_loaded() {
    for backend in BACKENDS {
        let (_server, client) = server(backend);
        assert_eq!(client.get("/guarded").send().await.text(), "hello", "{backend}");
        client.get("/sign_in").send().await;
        assert_eq!(
            client.get("/guarded").send().await.text(),
            "hello ada",
            "{backend}"
        );
    }
}

/// What `x-early` asks for: an answer before any handler, as a response or as an error, with a message in the session.
async fn early<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let way = request
        .headers()
        .get("x-early")
        .map(|way| way.as_bytes().to_vec());
    let Some(way) = way else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    request
        .session_store()?
        .get_session("session")
        .await?
        .add_flash("early")?;
    match &*way {
        b"error" => Err(actix_web::error::ErrorUnauthorized("early")),
        b"failure" => Err(actix_web::error::ErrorBadGateway("early")),
        _ => Ok(request
            .into_response(HttpResponse::Forbidden().finish())
            .map_into_right_body()),
    }
}

/// Throws the response away and answers with the status in `x-replace`, as caches and error pages do.
async fn replace(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let status = request
        .headers()
        .get("x-replace")
        .and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
    let request = next.call(request).await?.into_parts().0;
    Ok(ServiceResponse::new(
        request,
        HttpResponse::build(status.unwrap_or(StatusCode::NOT_MODIFIED)).finish(),
    ))
}

/// Tells in a header whether the response still knows the error it was made of.
async fn tell_error<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if let Some(err) = response.response().error() {
        let told = HeaderValue::from_str(&err.to_string()).unwrap_or(HeaderValue::from_static("?"));
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-error"), told);
    }
    Ok(response)
}

/// Uses the session before the handler does.
async fn before<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    request
        .session_store()?
        .get_session("session")
        .await?
        .insert("before", true)?;
    next.call(request).await
}

/// A server whose application `$wrap`s, on this backend.
macro_rules! wrapped {
    ($backend:expr, $($middleware:expr),+) => {{
        let (clock, _, _, builder) = parts();
        let sessions = builder.default_backend($backend).build().expect("fit settings");
        let server = serve_app(move || {
            App::new().app_data(sessions.clone()).configure(routes)$(.wrap($middleware))+
        });
        let client = Client::new(&server).with_clock(clock);
        (server, client)
    }};
}

/// T24, T25
#[actix_web::test]
async fn what_another_middleware_answers_early_is_saved() {
    for backend in BACKENDS {
        for (way, status, shown) in [
            ("response", 403, "flash/info:early"),
            ("error", 401, "flash/info:early"),
            ("failure", 502, ""),
        ] {
            let (_server, client) = wrapped!(backend, from_fn(early), SessionMiddleware::new());
            let reply = client.get("/show").header("x-early", way).send().await;
            assert_eq!(reply.status.as_u16(), status, "{backend}: {way}");
            assert_eq!(
                reply.text(),
                if way == "response" { "" } else { "early" },
                "{backend}: {way}"
            );
            assert_eq!(reply.header("vary"), Some("Cookie"), "{backend}: {way}");
            assert_eq!(client.get("/show").send().await.text(), shown, "{backend}: {way}");
        }
    }
}

/// T76
#[actix_web::test]
async fn the_outermost_session_middleware_puts_the_cookie_on_the_final_response() {
    for backend in BACKENDS {
        for (status, saved) in [("304", true), ("200", true), ("500", false)] {
            let (_server, client) = wrapped!(backend, from_fn(replace), SessionMiddleware::new());
            let reply = client.get("/annotated").header("x-replace", status).send().await;
            assert_eq!(
                (reply.status.as_str(), reply.text().as_str()),
                (status, ""),
                "{backend}"
            );
            assert_eq!(
                reply.set_cookie(COOKIE).is_some(),
                saved,
                "{backend}: {status} decides"
            );
        }
        // A failure that is replaced by a fit answer is one.
        let (_server, client) = wrapped!(backend, from_fn(replace), SessionMiddleware::new());
        let reply = client.get("/failing").header("x-replace", "200").send().await;
        assert!(reply.set_cookie(COOKIE).is_some(), "{backend}");
    }
}

/// T76
#[actix_web::test]
async fn middleware_outside_of_ours_may_change_headers_and_keeps_the_cookie() {
    for backend in BACKENDS {
        let headers = || DefaultHeaders::new().add(("x-outer", "1"));
        let (_server, client) = wrapped!(backend, SessionMiddleware::new(), headers());
        let reply = client.get("/annotated").send().await;
        assert!(
            reply.set_cookie(COOKIE).is_some() && reply.header("x-outer") == Some("1"),
            "{backend}"
        );
    }
}

/// P23
#[actix_web::test]
async fn an_error_of_the_handler_stays_visible_and_its_response_has_the_cookie() {
    for backend in BACKENDS {
        let (_server, client) = wrapped!(backend, from_fn(tell_error));
        let reply = client.get("/failing").send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (403, "no"),
            "{backend}"
        );
        assert_eq!(reply.header("x-error"), Some("no"), "{backend}");
        assert!(reply.set_cookie(COOKIE).is_some(), "{backend}");
        let shown = client.get("/show").send().await.text();
        assert_eq!(shown, "flash/info:written before the failure", "{backend}");
    }
}

/// T8
#[actix_web::test]
async fn middleware_extractor_and_handler_share_one_store() {
    for backend in BACKENDS {
        // The handler's glue finds the store that the middleware opened, and saves it.
        let (_server, client) = wrapped!(backend, from_fn(before));
        assert_eq!(
            client.get("/show").send().await.text(),
            "before=true",
            "{backend}"
        );
        let (_server, client) = wrapped!(backend, from_fn(before), SessionMiddleware::new());
        for path in ["/extractor", "/request", "/annotated"] {
            client.get(path).send().await;
        }
        assert_eq!(
            client.get("/show").send().await.text(),
            "before=true visits=3",
            "{backend}"
        );
    }
}

/// G2
#[actix_web::test]
async fn changes_that_nobody_saves_are_an_error_in_the_log() {
    let logs = logs::capture();
    for backend in BACKENDS {
        let (_server, client) = wrapped!(backend, from_fn(tell_error));
        let mark = logs.mark();
        let reply = client.get("/unsaved").send().await;
        assert!(reply.set_cookies().is_empty(), "{backend}");
        let lines = logs.lines(mark, "session=nobody_saves_this");
        assert_eq!(lines.len(), 1, "{backend}: {lines:?}");
        assert!(
            lines[0].contains("ERROR") && lines[0].contains("SessionMiddleware"),
            "{}",
            lines[0]
        );
    }
}
