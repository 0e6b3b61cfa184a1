//! The application under attack: the same handlers over a sealed session (`/sealed`) and one on a server (`/kept`).

use std::fmt::Write as _;
use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get};
use sessions_runtime::testing::{Client, Reply, Server, serve};
use sessions_runtime::{Session, SessionError, Sessions, with_sessions};

use crate::support::evidence::{marked, unmarked};
use crate::support::site::Site;

/// Where the two kinds of sessions are mounted.
pub(crate) const KINDS: [&str; 2] = ["/sealed", "/kept"];
/// The default session's cookie.
pub(crate) const COOKIE: &str = "__Host-session";

macro_rules! handlers {
    ($module:ident, $backend:literal) => {
        mod $module {
            use super::*;

            #[with_sessions(default = $backend)]
            #[get("/put/{name}/{value}")]
            async fn put(
                session: &Session,
                path: web::Path<(String, String)>,
            ) -> Result<impl Responder, SessionError> {
                session.insert(&path.0, marked(&path.1))?;
                Ok("put")
            }

            #[with_sessions(default = $backend)]
            #[get("/get/{name}")]
            async fn read(
                session: &Session,
                path: web::Path<String>,
            ) -> Result<impl Responder, SessionError> {
                Ok(session
                    .get::<String>(&path)?
                    .map_or_else(|| "nobody".to_owned(), |value| unmarked(&value)))
            }

            #[with_sessions(default = $backend)]
            #[get("/origin")]
            async fn origin(session: &Session) -> impl Responder {
                session.origin().as_str()
            }

            #[with_sessions(default = $backend)]
            #[get("/remove/{name}")]
            async fn remove(session: &Session, path: web::Path<String>) -> impl Responder {
                session.remove(&path).to_string()
            }

            #[with_sessions(default = $backend)]
            #[get("/clear")]
            async fn clear(session: &Session) -> impl Responder {
                session.clear();
                "cleared"
            }

            #[with_sessions(default = $backend)]
            #[get("/renew")]
            async fn renew(session: &Session) -> impl Responder {
                session.renew();
                "renewed"
            }

            #[with_sessions(default = $backend)]
            #[get("/destroy")]
            async fn destroy(session: &Session) -> impl Responder {
                session.destroy();
                "destroyed"
            }

            #[with_sessions(default = $backend)]
            #[get("/remember")]
            async fn remember(session: &Session) -> impl Responder {
                session.remember_for(Duration::MAX);
                "remembered"
            }

            #[with_sessions(default = $backend)]
            #[get("/flash/{text}")]
            async fn flash(
                session: &Session,
                path: web::Path<String>,
            ) -> Result<impl Responder, SessionError> {
                session.add_flash(marked(&path))?;
                Ok("added")
            }

            #[with_sessions(default = $backend)]
            #[get("/flashes")]
            async fn flashes(session: &Session) -> Result<impl Responder, SessionError> {
                let texts: Vec<_> = session
                    .take_flashes()
                    .await?
                    .iter()
                    .map(|message| unmarked(message.text()))
                    .collect();
                Ok(texts.join(","))
            }

            #[with_sessions(default = $backend)]
            #[get("/fill/{name}/{length}")]
            async fn fill(
                session: &Session,
                path: web::Path<(String, usize)>,
            ) -> Result<impl Responder, SessionError> {
                session.insert(&path.0, "#".repeat(path.1))?;
                Ok("filled")
            }

            pub(super) fn routes(app: &mut ServiceConfig) {
                let scope = web::scope(concat!("/", stringify!($module)));
                let scope = scope.service((
                    put, read, origin, remove, clear, renew, destroy, remember, flash,
                ));
                app.service(scope.service((flashes, fill)));
            }
        }
    };
}

handlers!(sealed, "securecookie");
handlers!(kept, "memory");

/// Any session on any backend, by name.
#[with_sessions]
#[get("/any/{backend}/{name}/put/{value}")]
async fn put_any(path: web::Path<(String, String, String)>) -> Result<impl Responder, SessionError> {
    let (backend, name, value) = path.into_inner();
    session_store
        .get_session(&name)
        .backend(backend)
        .await?
        .insert("user", marked(&value))?;
    Ok("put")
}

#[with_sessions]
#[get("/any/{backend}/{name}/get")]
async fn read_any(path: web::Path<(String, String)>) -> Result<impl Responder, SessionError> {
    let (backend, name) = path.into_inner();
    let found = session_store.get_session(&name).backend(backend).await?;
    Ok(found
        .get::<String>("user")?
        .map_or_else(|| "nobody".to_owned(), |value| unmarked(&value)))
}

/// A sealed cookie of the application's own.
#[with_sessions]
#[get("/secure/{name}/put/{value}")]
async fn put_secure(path: web::Path<(String, String)>) -> Result<impl Responder, SessionError> {
    session_store.set_secure_cookie(&path.0, &marked(&path.1))?;
    Ok("put")
}

/// One with an end of its own.
#[with_sessions]
#[get("/secure/{name}/put/{value}/for/{seconds}")]
async fn put_secure_for(path: web::Path<(String, String, u64)>) -> Result<impl Responder, SessionError> {
    let (name, value, seconds) = path.into_inner();
    session_store.set_secure_cookie_with(&name, &marked(&value), |args| {
        args.max_age(Duration::from_secs(seconds))
    })?;
    Ok("put")
}

#[with_sessions]
#[get("/secure/{name}/get")]
async fn read_secure(path: web::Path<String>) -> Result<impl Responder, SessionError> {
    Ok(session_store
        .get_secure_cookie::<String>(&path)?
        .map_or_else(|| "nobody".to_owned(), |value| unmarked(&value)))
}

/// A handler without sessions.
#[get("/plain")]
async fn plain() -> impl Responder {
    "plain"
}

/// Everything above.
pub(crate) fn routes(app: &mut ServiceConfig) {
    sealed::routes(app);
    kept::routes(app);
    app.service((put_any, read_any, put_secure, put_secure_for, read_secure, plain));
}

/// The application with the usual settings.
pub(crate) fn site() -> Site {
    Site::new(routes)
}

/// The application with sessions that a test made itself.
pub(crate) fn serve_with(sessions: Sessions) -> Server {
    serve(move |app: &mut ServiceConfig| {
        app.app_data(sessions.clone());
        routes(app);
    })
}

/// Signs Ada in and gives the value of her session's cookie.
pub(crate) async fn sign_in(client: &Client, kind: &str) -> String {
    client.get(&format!("{kind}/put/user/ada")).send().await;
    client.cookie(COOKIE).expect("a session cookie")
}

/// Who the application takes the sender of this `Cookie` line for.
pub(crate) async fn user(client: &Client, kind: &str, line: impl AsRef<[u8]>) -> String {
    let reply = client
        .get(&format!("{kind}/get/user"))
        .cookie_header(line)
        .send()
        .await;
    assert_eq!(reply.status, 200, "{kind}: {}", reply.text());
    reply.text()
}

/// A `Cookie` line with many values of one name.
pub(crate) fn repeated<V: AsRef<[u8]>>(name: &str, values: impl IntoIterator<Item = V>) -> Vec<u8> {
    let pairs: Vec<Vec<u8>> = values
        .into_iter()
        .map(|value| [name.as_bytes(), b"=", value.as_ref()].concat())
        .collect();
    pairs.join(&b"; "[..])
}

/// Everything of an answer that a client can compare; the date is left out.
pub(crate) fn visible(reply: &Reply) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in &reply.headers {
        if name != "date" {
            lines.push(format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        }
    }
    lines.sort();
    let mut text = format!("{}\n{}\n", reply.status, lines.join("\n"));
    write!(text, "\n{}", reply.text()).expect("a string takes every text");
    text
}
