//! The storm's handlers with actix-session. The storage is that of the middleware around it.

use std::sync::Arc;

use actix_session::Session;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{Error, get};
use bench_harness::Gate;

pub(crate) fn routes(config: &mut ServiceConfig, gate: Arc<Gate>) {
    super::gate::routes(config, gate);
    config.service((sign_in, who, own, count, increment, show_total, slow, sign_out));
}

#[get("/sign-in")]
async fn sign_in(session: Session) -> Result<&'static str, Error> {
    session.insert("user", "ada")?;
    Ok("ok")
}

#[get("/who")]
async fn who(session: Session) -> Result<String, Error> {
    Ok(session.get("user")?.unwrap_or_else(|| "nobody".to_owned()))
}

#[get("/own/{n}")]
async fn own(session: Session, n: Path<u32>, gate: Data<Gate>) -> Result<&'static str, Error> {
    session.get::<String>("user")?;
    gate.pass().await;
    session.insert(format!("own-{n}"), *n)?;
    Ok("ok")
}

#[get("/count")]
async fn count(session: Session) -> String {
    session
        .entries()
        .keys()
        .filter(|name| name.starts_with("own-"))
        .count()
        .to_string()
}

/// `Session::update` would lose every change, because it does not mark the session as changed.
#[get("/increment")]
async fn increment(session: Session, gate: Data<Gate>) -> Result<&'static str, Error> {
    session.get::<u32>("total")?;
    gate.pass().await;
    let total: u32 = session.get("total")?.unwrap_or_default();
    session.insert("total", total + 1)?;
    Ok("ok")
}

#[get("/total")]
async fn show_total(session: Session) -> Result<String, Error> {
    Ok(session.get::<u32>("total")?.unwrap_or_default().to_string())
}

#[get("/slow")]
async fn slow(session: Session, gate: Data<Gate>) -> Result<&'static str, Error> {
    session.get::<String>("user")?;
    gate.pass().await;
    session.insert("slow", true)?;
    Ok("ok")
}

#[get("/sign-out")]
async fn sign_out(session: Session) -> &'static str {
    session.purge();
    "ok"
}
