//! `SessionMiddleware`, and handlers without the attribute.

use actix_web::{App, Error, HttpRequest, get, guard, web};
use sessions_runtime::testing::{Client, Server, serve_app};
use sessions_runtime::{Session, SessionError, SessionMiddleware, SessionStore, SessionsExt, with_sessions};

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

/// Handlers of every sort.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
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

/// The same without `SessionMiddleware`.
fn without_middleware(backend: &'static str) -> (Server, Client) {
    let (clock, _, _, builder) = parts();
    let sessions = builder.default_backend(backend).build().expect("fit settings");
    let server = serve_app(move || App::new().app_data(sessions.clone()).configure(routes));
    let client = Client::new(&server).with_clock(clock);
    (server, client)
}

pub(crate) const BACKENDS: [&str; 2] = ["securecookie", "memory"];

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

/// G2
#[actix_web::test]
async fn changes_that_nobody_saves_are_an_error_in_the_log() {
    let logs = logs::capture();
    for backend in BACKENDS {
        let (_server, client) = without_middleware(backend);
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
