//! Handlers whose sessions are on the backend under test, and a server with them.

use actix_web::web::{self, ServiceConfig};
use actix_web::{get, rt};
use sessions_runtime::testing::{Client, Server, serve};
use sessions_runtime::{Backend, Memory, SessionError, Sessions, with_sessions};

use crate::support::evidence::{marked, unmarked};
use crate::support::gate::Gate;
use crate::support::site::{SECRET, secret};

/// The session's cookie.
pub(super) const COOKIE: &str = "__Host-session";

#[with_sessions]
#[get("/get/{name}")]
async fn get(name: web::Path<String>) -> Result<String, SessionError> {
    Ok(session
        .get::<String>(&name)?
        .map_or_else(|| "-".to_owned(), |value| unmarked(&value)))
}

#[with_sessions]
#[get("/set/{name}/{value}")]
async fn set(path: web::Path<(String, String)>) -> Result<&'static str, SessionError> {
    session.insert(&path.0, marked(&path.1))?;
    Ok("set")
}

#[with_sessions]
#[get("/add/{name}")]
async fn add(name: web::Path<String>) -> Result<String, SessionError> {
    Ok(session
        .update(&name, |n: Option<u32>| n.unwrap_or(0) + 1)?
        .to_string())
}

/// As much as asked for.
#[with_sessions]
#[get("/fill/{bytes}")]
async fn fill(bytes: web::Path<usize>) -> Result<&'static str, SessionError> {
    session.insert("filling", "x".repeat(*bytes))?;
    Ok("filled")
}

#[with_sessions]
#[get("/origin")]
async fn origin() -> String {
    session.origin().to_string()
}

#[with_sessions]
#[get("/flash/{text}")]
async fn flash(text: web::Path<String>) -> Result<&'static str, SessionError> {
    session.add_flash(marked(&text))?;
    Ok("added")
}

#[with_sessions]
#[get("/flashes")]
async fn flashes() -> Result<String, SessionError> {
    Ok(session.take_flashes().await?.len().to_string())
}

#[with_sessions]
#[get("/renew")]
async fn renew() -> &'static str {
    session.renew();
    "renewed"
}

#[with_sessions]
#[get("/destroy")]
async fn destroy() -> &'static str {
    session.destroy();
    "destroyed"
}

/// Reads, changes, then waits for another request before it saves.
#[with_sessions]
#[get("/slow/{name}")]
async fn slow(name: web::Path<String>, gate: web::Data<Gate>) -> Result<String, SessionError> {
    let count = session.update(&name, |n: Option<u32>| n.unwrap_or(0) + 1)?;
    gate.pass().await;
    Ok(count.to_string())
}

/// Waits for its turn, and gives others time to get in between.
#[with_sessions(lock)]
#[get("/locked")]
async fn locked() -> Result<String, SessionError> {
    let count = session.get::<u32>("locked")?.unwrap_or(0);
    rt::task::yield_now().await;
    session.insert("locked", count + 1)?;
    Ok((count + 1).to_string())
}

/// Needs nothing of the backend under test.
#[with_sessions]
#[session(name = "other", backend = "memory")]
#[get("/beside")]
async fn beside() -> Result<String, SessionError> {
    Ok(other
        .update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?
        .to_string())
}

#[with_sessions(default = "memory")]
#[get("/origin-in-memory")]
async fn origin_in_memory() -> String {
    session.origin().to_string()
}

fn routes(app: &mut ServiceConfig) {
    app.service((
        get, set, add, fill, origin, flash, flashes, renew, destroy, slow, locked,
    ));
    app.service((beside, origin_in_memory));
}

/// A server of an application whose sessions are on this backend, under the name of its role.
pub(super) fn site(role: &'static str, backend: impl Backend) -> Server {
    site_with(role, backend, Gate::new())
}

/// The same, with the gate at which its slow pages wait.
pub(super) fn site_with(role: &'static str, backend: impl Backend, gate: Gate) -> Server {
    let sessions = Sessions::builder()
        .secret_key(secret(SECRET))
        .default_backend(role)
        .backend(role, backend)
        .backend("memory", Memory::new())
        .max_record_size(4 * 1_024 * 1_024)
        .skip_verification()
        .build()
        .expect("fit settings");
    serve(move |app| {
        app.app_data(sessions.clone())
            .app_data(web::Data::new(gate.clone()));
        routes(app);
    })
}

/// The text of a page.
pub(super) async fn ask(client: &Client, path: &str) -> String {
    let reply = client.get(path).send().await;
    assert_eq!(reply.status, 200, "{path}");
    reply.text()
}

/// A browser that has signed in.
pub(super) async fn visitor(site: &Server, user: &str) -> Client {
    let client = Client::new(site);
    ask(&client, &format!("/set/user/{user}")).await;
    client
}
