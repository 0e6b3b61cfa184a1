//! The handlers that the tests of this binary share, and the desk at which handles are left for a test.
#![allow(unreachable_pub, reason = "a test binary has no outside")]

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use sessions_runtime::testing::Client;
use sessions_runtime::{Session, SessionError, SessionHandle, SessionsBuilder, with_sessions};

use crate::support::site::Site;

/// The cookie of the default session.
pub const COOKIE: &str = "__Host-session";

/// Where handlers leave the handles of their sessions: in another thread than the one that uses them.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Vec<SessionHandle>>>);

impl Desk {
    pub fn leave(&self, handle: SessionHandle) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
    }

    /// The handle that was left last.
    pub fn take(&self) -> SessionHandle {
        let handle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        handle.expect("a handler has left a handle")
    }
}

/// Leaves a handle, changes what it is told to, and answers with the status it is asked for.
#[with_sessions(default = "memory")]
#[get("/handle/{what}/{status}")]
async fn leave_handle(
    session: &Session,
    path: web::Path<(String, u16)>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, SessionError> {
    desk.leave(session.handle()?);
    match path.0.as_str() {
        "write" => session.insert("from", "handler")?,
        "renew" => session.renew(),
        "write-and-renew" => {
            session.insert("from", "handler")?;
            session.renew();
        }
        "destroy" => session.destroy(),
        "destroy-and-write" => {
            session.destroy();
            session.insert("from", "a new session")?;
        }
        "save" => {
            session.insert("from", "handler")?;
            session.save().await?;
        }
        _ => {}
    }
    let status = StatusCode::from_u16(path.1).expect("the test asks for a status");
    Ok(HttpResponse::build(status).finish())
}

#[with_sessions(default = "memory")]
#[get("/set/{name}/{value}")]
async fn set(session: &Session, path: web::Path<(String, String)>) -> Result<&'static str, SessionError> {
    session.insert(&path.0, &path.1)?;
    Ok("set")
}

#[with_sessions(default = "memory")]
#[get("/get/{name}")]
async fn get_one(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
    Ok(session.get::<String>(&name)?.unwrap_or_else(|| "-".to_owned()))
}

#[with_sessions(default = "memory")]
#[get("/keys")]
async fn keys() -> String {
    session.keys().join(",")
}

#[with_sessions(default = "memory")]
#[get("/add/{name}")]
async fn add(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
    let present = session.update(&name, |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(present.to_string())
}

#[with_sessions(default = "memory")]
#[get("/count/{name}")]
async fn show_count(session: &Session, name: web::Path<String>) -> Result<String, SessionError> {
    Ok(session.get::<u32>(&name)?.unwrap_or(0).to_string())
}

#[with_sessions(default = "memory")]
#[get("/login/{user}")]
async fn login(session: &Session, user: web::Path<String>) -> Result<&'static str, SessionError> {
    session.insert("user", &*user)?;
    session.insert("changed", "by the sign-in")?;
    session.renew();
    Ok("signed in")
}

#[with_sessions(default = "memory")]
#[get("/logout")]
async fn logout() -> &'static str {
    session.destroy();
    "signed out"
}

#[with_sessions(default = "memory")]
#[get("/flashes")]
async fn flashes() -> Result<String, SessionError> {
    let messages = session.take_flashes().await?;
    Ok(messages
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(","))
}

/// All shared handlers, and the desk.
pub fn routes(app: &mut web::ServiceConfig, desk: &Desk) {
    app.app_data(web::Data::new(desk.clone())).service((
        leave_handle,
        set,
        get_one,
        keys,
        add,
        show_count,
        login,
        logout,
        flashes,
    ));
}

/// A site with the shared handlers.
pub fn site() -> (Site, Desk) {
    site_with(|builder| builder)
}

/// A site with the shared handlers and other settings.
pub fn site_with(settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> (Site, Desk) {
    let desk = Desk::default();
    let shared = desk.clone();
    (Site::with(settings, move |app| routes(app, &shared)), desk)
}

/// A browser with a session that has these entries, and a handle of it.
pub async fn visitor(site: &Site, desk: &Desk, entries: &[&str]) -> (Client, SessionHandle) {
    let client = site.client();
    for name in entries {
        assert_eq!(text(&client, &format!("/set/{name}/old")).await, "set");
    }
    assert_eq!(client.get("/handle/nothing/200").send().await.status, 200);
    (client, desk.take())
}

/// The text of a page.
pub async fn text(client: &Client, path: &str) -> String {
    client.get(path).send().await.text()
}

/// Counts an entry up by a handle.
pub async fn count_up(handle: &SessionHandle, name: &'static str) -> Result<u32, SessionError> {
    let one_more = |n: Option<u32>| n.unwrap_or(0) + 1;
    handle.update(|session| session.update(name, one_more)).await
}
