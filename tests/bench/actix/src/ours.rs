//! The work with sessions-runtime. The backend is the configured default one.

use actix_web::get;
use sessions_runtime::{SessionError, with_sessions};

routes!();

#[with_sessions]
#[get("/")]
async fn unused() -> &'static str {
    "ok"
}

#[with_sessions]
#[get("/")]
async fn read() -> Result<&'static str, SessionError> {
    let number: Option<u64> = session.get("number")?;
    let short: Option<String> = session.get("short")?;
    let long: Option<String> = session.get("long")?;
    assert!(number.is_some() && short.is_some() && long.is_some());
    Ok("ok")
}

#[with_sessions]
#[get("/")]
async fn write() -> Result<&'static str, SessionError> {
    let number: u64 = session.get("number")?.unwrap_or_default();
    session.insert("number", number + 1)?;
    Ok("ok")
}

#[with_sessions]
#[get("/fill")]
async fn fill() -> Result<&'static str, SessionError> {
    session.insert("number", 41)?;
    session.insert("short", "hello")?;
    session.insert("long", "0123456789abcdef0123456789abcdef")?;
    Ok("ok")
}

#[with_sessions]
#[get("/number")]
async fn show_number() -> Result<String, SessionError> {
    Ok(session.get::<u64>("number")?.unwrap_or_default().to_string())
}
