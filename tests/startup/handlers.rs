//! Handlers that cannot all be right: their backends are missing, and they disagree about their sessions.

use actix_web::get;
use sessions_runtime::{BackendName, Session, SessionError, with_sessions};

/// This file, as messages name it.
pub(crate) const FILE: &str = file!();

/// A backend of the application's own.
pub(crate) const AUDIT: BackendName = BackendName::new("audit");

/// `file:line` of the only line here that holds this text.
#[track_caller]
pub(crate) fn place(text: &str) -> String {
    let mut lines = include_str!("handlers.rs")
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(text));
    let (index, _) = lines.next().expect("a line of this file");
    assert!(lines.next().is_none(), "`{text}` is on two lines");
    format!("{FILE}:{}", index + 1)
}

#[with_sessions(default = "securecookie")]
#[session(name = "cart", backend = "datastore")]
#[get("/cart")]
pub(crate) async fn show_cart() -> Result<String, SessionError> {
    Ok(cart.len().to_string())
}

#[with_sessions]
#[session(name = "cart", backend = "memcache")]
#[get("/cart/add")]
pub(crate) async fn add_to_cart() -> Result<String, SessionError> {
    Ok(cart.len().to_string())
}

#[with_sessions]
#[session(name = "lists", backend = "redis", idle_timeout = "30m")]
#[get("/lists")]
pub(crate) async fn show_lists() -> Result<String, SessionError> {
    Ok(lists.len().to_string())
}

#[with_sessions]
#[session(name = "lists", backend = "redis", idle_timeout = "60m")]
#[get("/lists/add")]
pub(crate) async fn add_to_lists() -> Result<String, SessionError> {
    Ok(lists.len().to_string())
}

#[with_sessions]
#[session(name = "trail", backend = AUDIT)]
#[get("/trail")]
pub(crate) async fn show_trail() -> Result<String, SessionError> {
    Ok(trail.len().to_string())
}

/// The default session, where another handler has it elsewhere.
#[with_sessions(default = "memory", same_site = "strict")]
#[get("/memory")]
pub(crate) async fn in_memory() -> Result<String, SessionError> {
    Ok(session.len().to_string())
}

/// The default session, by its parameter.
#[with_sessions(default = "securecookie", same_site = "lax")]
#[get("/sealed")]
pub(crate) async fn in_cookie(session: &Session) -> Result<String, SessionError> {
    Ok(session.len().to_string())
}

/// Declares what nobody configures, and mentions none of it: that does not count.
#[with_sessions(default = "redis")]
#[session(name = "idle", backend = "datastore")]
#[session(name = "trail", backend = "memcache")]
#[get("/nothing")]
pub(crate) async fn mentions_nothing() -> &'static str {
    "nothing"
}

/// Names no backend: whether there can be a lock is only known at start-up.
#[with_sessions]
#[session(name = "ticket", lock)]
#[get("/ticket")]
pub(crate) async fn take_ticket() -> Result<String, SessionError> {
    ticket
        .update("number", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

/// The same with `conflict`.
#[with_sessions]
#[session(name = "seat", conflict = "reject")]
#[get("/seat")]
pub(crate) async fn take_seat() -> Result<String, SessionError> {
    Ok(seat.len().to_string())
}

/// Half of a cookie that no browser takes; the configuration may bring the other half.
#[with_sessions]
#[session(name = "embed", backend = "memory", same_site = "none")]
#[get("/embed")]
pub(crate) async fn embed_widget() -> Result<String, SessionError> {
    Ok(embed.len().to_string())
}
