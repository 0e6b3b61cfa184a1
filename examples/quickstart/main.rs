//! The guide in five handlers: `cargo run --example quickstart`, then `curl -c jar -b jar http://127.0.0.1:8080/session`.
//!
//! `PORT` chooses the port, `SESSIONS_SECRET_KEY` the secret, `INSECURE_COOKIES=1` drops `Secure` for Safari.

use std::path::Path;

use actix_web::{App, HttpServer, Responder, get};
use sessions_runtime::{CookieArgs, Memory, SessionError, Sessions, with_sessions};

/// A value in the session is persisted: here in the sealed cookie itself.
#[with_sessions(default = "securecookie")]
#[get("/session")]
async fn one_session() -> Result<impl Responder, SessionError> {
    let visits = session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(format!("visit {visits}, session {}\n", session.origin()))
}

/// Several sessions in one request, each with its own backend and cookie.
#[with_sessions(default = "securecookie")]
#[session(name = "cart", backend = "memory")]
#[get("/multiple")]
async fn multiple_sessions() -> Result<impl Responder, SessionError> {
    let items = cart.update("tea", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    session.insert("last_added", "tea")?;
    Ok(format!(
        "{items} x tea in {} session, remembered in {}\n",
        cart.backend(),
        session.backend()
    ))
}

/// Without a backend, the configured default counts.
#[with_sessions]
#[get("/default")]
async fn default_backend() -> Result<impl Responder, SessionError> {
    session.insert("foo", "bar")?;
    Ok(format!(
        "foo={} in {}\n",
        session.get::<String>("foo")?.unwrap_or_default(),
        session.backend()
    ))
}

/// A message for the next request; taking it removes it.
#[with_sessions]
#[get("/flash")]
async fn flash_messages() -> Result<impl Responder, SessionError> {
    let mut page = String::new();
    for message in session.take_flashes().await? {
        page.extend([message.level().as_str(), ": ", message.text(), "\n"]);
    }
    session.add_flash("I am a flash message!")?;
    Ok(page + "added one\n")
}

/// Cookies are set and deleted before there is a response.
#[with_sessions]
#[get("/cookies")]
async fn cookies() -> Result<impl Responder, SessionError> {
    session_store.set_cookie("key", "value")?;
    session_store.delete_cookie("another_key")?;
    Ok("testing cookies\n")
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    sessions_examples::log();
    let sessions = Sessions::builder()
        .secret_key(sessions_examples::secret_key(Path::new(".sessions-dev-secret"))?)
        .default_backend("securecookie")
        .cookie_args(CookieArgs::new().secure(sessions_examples::secure()))
        .backend("memory", Memory::new())
        .build()?;
    let app = move || {
        App::new().app_data(sessions.clone()).service((
            one_session,
            multiple_sessions,
            default_backend,
            flash_messages,
            cookies,
        ))
    };
    HttpServer::new(app)
        .workers(2)
        .listen(sessions_examples::listen()?)?
        .run()
        .await
}
