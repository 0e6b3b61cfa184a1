//! The work with actix-session. The storage is that of the middleware around it.

use actix_session::Session;
use actix_web::{Error, get};

routes!();

#[get("/")]
async fn unused() -> &'static str {
    "ok"
}

#[get("/")]
async fn read(session: Session) -> Result<&'static str, Error> {
    let number: Option<u64> = session.get("number")?;
    let short: Option<String> = session.get("short")?;
    let long: Option<String> = session.get("long")?;
    assert!(number.is_some() && short.is_some() && long.is_some());
    Ok("ok")
}

#[get("/")]
async fn write(session: Session) -> Result<&'static str, Error> {
    let number: u64 = session.get("number")?.unwrap_or_default();
    session.insert("number", number + 1)?;
    Ok("ok")
}

#[get("/fill")]
async fn fill(session: Session) -> Result<&'static str, Error> {
    session.insert("number", 41)?;
    session.insert("short", "hello")?;
    session.insert("long", "0123456789abcdef0123456789abcdef")?;
    Ok("ok")
}

#[get("/number")]
async fn show_number(session: Session) -> Result<String, Error> {
    Ok(session.get::<u64>("number")?.unwrap_or_default().to_string())
}
