//! The handlers that most tests of this binary share, under `/sealed` and `/kept`, and the way two of them are crossed.
#![allow(unreachable_pub, reason = "a test binary has no outside")]

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt;
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get, web};
use sessions_runtime::testing::{Client, Operation, Reply};
use sessions_runtime::{FlashMessage, Session, SessionError, SessionStore, SessionsBuilder, with_sessions};

use crate::support::evidence::{marked, unmarked};
use crate::support::site::Site;

/// The cookie of the default session.
pub const COOKIE: &str = "__Host-session";

macro_rules! pages {
    ($module:ident, $backend:literal) => {
        pub mod $module {
            use super::*;

            #[with_sessions(default = $backend)]
            #[get("/get/{name}")]
            pub async fn get(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
                Ok(session
                    .get::<String>(&name)?
                    .map_or_else(|| "-".to_owned(), |value| unmarked(&value)))
            }

            #[with_sessions(default = $backend)]
            #[get("/keys")]
            pub async fn keys(session: &Session) -> String {
                session.keys().join(",")
            }

            #[with_sessions(default = $backend)]
            #[get("/origin")]
            pub async fn origin(session: &Session) -> String {
                session.origin().to_string()
            }

            #[with_sessions(default = $backend)]
            #[get("/set/{name}/{value}")]
            pub async fn set(
                session: &Session,
                path: web::Path<(String, String)>,
            ) -> Result<&'static str, SessionError> {
                session.insert(&path.0, marked(&path.1))?;
                Ok("set")
            }

            #[with_sessions(default = $backend)]
            #[get("/add/{name}")]
            pub async fn add(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
                session
                    .update(&name, |n: Option<u32>| n.unwrap_or(0) + 1)
                    .map(|n| n.to_string())
            }

            #[with_sessions(default = $backend)]
            #[get("/count/{name}")]
            pub async fn count(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
                Ok(session.get::<u32>(&name)?.unwrap_or(0).to_string())
            }

            #[with_sessions(default = $backend)]
            #[get("/login/{user}")]
            pub async fn login(
                session: &Session,
                user: web::Path<String>,
            ) -> Result<&'static str, SessionError> {
                session.insert("user", &*user)?;
                session.renew();
                Ok("signed in")
            }

            #[with_sessions(default = $backend)]
            #[get("/renew/{name}")]
            pub async fn renew(
                session: &Session,
                name: web::Path<String>,
            ) -> Result<&'static str, SessionError> {
                session.insert(&name, "renewed")?;
                session.renew();
                Ok("renewed")
            }

            #[with_sessions(default = $backend)]
            #[get("/logout")]
            pub async fn logout(session: &Session) -> &'static str {
                session.destroy();
                "signed out"
            }

            #[with_sessions(default = $backend)]
            #[get("/clear")]
            pub async fn clear(session: &Session) -> &'static str {
                session.clear();
                "cleared"
            }

            #[with_sessions(default = $backend)]
            #[get("/remember/{seconds}")]
            pub async fn remember(session: &Session, seconds: web::Path<u64>) -> &'static str {
                session.remember_for(Duration::from_secs(*seconds));
                "remembered"
            }

            #[with_sessions(default = $backend)]
            #[get("/forget")]
            pub async fn forget(session: &Session) -> &'static str {
                session.browser_session();
                "for this browser session"
            }

            #[with_sessions(default = $backend)]
            #[get("/flash/{text}")]
            pub async fn flash(
                session: &Session,
                text: web::Path<String>,
            ) -> Result<&'static str, SessionError> {
                session.add_flash(&*text)?;
                Ok("added")
            }

            #[with_sessions(default = $backend)]
            #[get("/flashes")]
            pub async fn flashes(session: &Session) -> Result<String, SessionError> {
                Ok(joined(&session.take_flashes().await?))
            }

            /// Changes everything there is to change, and answers with the status it is asked for.
            #[with_sessions(default = $backend)]
            #[get("/answer/{status}")]
            pub async fn answer(
                session: &Session,
                session_store: &SessionStore,
                status: web::Path<u16>,
            ) -> Result<HttpResponse, SessionError> {
                change(session, session_store)?;
                Ok(HttpResponse::build(code(*status)).finish())
            }

            /// The same, but the handler fails.
            #[with_sessions(default = $backend)]
            #[get("/fail/{status}")]
            pub async fn fail(
                session: &Session,
                session_store: &SessionStore,
                status: web::Path<u16>,
            ) -> actix_web::Result<HttpResponse> {
                change(session, session_store)?;
                Err(actix_web::error::InternalError::new("refused", code(*status)).into())
            }

            #[with_sessions(default = $backend, save = "always")]
            #[get("/always/{status}")]
            pub async fn always(
                session: &Session,
                session_store: &SessionStore,
                status: web::Path<u16>,
            ) -> Result<HttpResponse, SessionError> {
                change(session, session_store)?;
                Ok(HttpResponse::build(code(*status)).finish())
            }

            #[with_sessions(default = $backend)]
            #[get("/logout/{status}")]
            pub async fn logout_with(session: &Session, status: web::Path<u16>) -> HttpResponse {
                session.destroy();
                HttpResponse::build(code(*status)).finish()
            }
        }
    };
}

pages!(sealed, "securecookie");
pages!(kept, "memory");

fn change(session: &Session, session_store: &SessionStore) -> Result<(), SessionError> {
    session.insert("changed", "yes")?;
    session.add_flash("changed")?;
    session.renew();
    session_store.set_cookie("seen", "yes")
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("the test asks for a status")
}

/// The texts of messages.
pub fn joined(messages: &[FlashMessage]) -> String {
    messages
        .iter()
        .map(FlashMessage::text)
        .collect::<Vec<_>>()
        .join(",")
}

macro_rules! scoped {
    ($app:ident, $($module:ident)*) => { $({
        use $module::{
            add, always, answer, clear, count, fail, flash, flashes, forget, get, keys, login, logout, logout_with,
            origin, remember, renew, set,
        };
        let scope = web::scope(concat!("/", stringify!($module)))
            .service((get, keys, origin, set, add, count, login, renew, logout))
            .service((clear, remember, forget, flash, flashes, answer, fail, always, logout_with));
        $app.service(scope);
    })* };
}

/// All shared handlers.
pub fn routes(app: &mut ServiceConfig) {
    scoped!(app, sealed kept);
}

/// A site with the shared handlers.
pub fn site() -> Site {
    Site::new(routes)
}

/// A site with the shared handlers and other settings.
pub fn site_with(settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Site {
    Site::with(settings, routes)
}

/// A browser whose session on the server exists, with these entries.
pub async fn visitor(site: &Site, entries: &[&str]) -> Client {
    let client = site.client();
    for name in entries {
        client.get(&format!("/kept/set/{name}/old")).send().await;
    }
    client
}

/// The text of a page.
pub async fn text(client: &Client, path: &str) -> String {
    client.get(path).send().await.text()
}

/// The session's id as the browser has it: its sealed cookie.
pub fn id_of(client: &Client) -> String {
    client.cookie(COOKIE).unwrap_or_default()
}

/// What a page says to somebody who has exactly this cookie, whatever its age.
pub async fn text_with(site: &Site, cookie: &str, path: &str) -> String {
    let request = site
        .client()
        .get(path)
        .cookie_header(format!("{COOKIE}={cookie}"));
    request.send().await.text()
}

/// Starts `slow`, holds it up before its first `operation`, runs `fast` to its end, lets `slow` go on: its answer, and
/// that of `fast`.
pub async fn crossed(
    site: &Site,
    client: &Client,
    (slow, operation): (&str, Operation),
    fast: &str,
) -> (Reply, Reply) {
    let pause = site.backend.pause_next(operation);
    let slow = rt::spawn(client.get(slow).send());
    pause.reached().await;
    let fast = client.get(fast).send().await;
    pause.release();
    (slow.await.expect("the request is answered"), fast)
}
