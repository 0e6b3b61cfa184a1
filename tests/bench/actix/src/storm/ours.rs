//! The storm's handlers with sessions-runtime. The backend is the configured default one.

use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Path, ServiceConfig};
use bench_harness::Gate;
use sessions_runtime::{SessionError, with_sessions};

pub(crate) fn routes(config: &mut ServiceConfig, gate: Arc<Gate>) {
    super::gate::routes(config, gate);
    config.service((sign_in, who, own, count, increment, show_total, slow, sign_out));
}

#[with_sessions]
#[get("/sign-in")]
async fn sign_in() -> Result<&'static str, SessionError> {
    session.insert("user", "ada")?;
    Ok("ok")
}

#[with_sessions]
#[get("/who")]
async fn who() -> Result<String, SessionError> {
    Ok(session.get("user")?.unwrap_or_else(|| "nobody".to_owned()))
}

#[with_sessions]
#[get("/own/{n}")]
async fn own(n: Path<u32>, gate: Data<Gate>) -> Result<&'static str, SessionError> {
    session.get::<String>("user")?;
    gate.pass().await;
    session.insert(&format!("own-{n}"), *n)?;
    Ok("ok")
}

#[with_sessions]
#[get("/count")]
async fn count() -> String {
    session
        .keys()
        .iter()
        .filter(|name| name.starts_with("own-"))
        .count()
        .to_string()
}

#[with_sessions]
#[get("/increment")]
async fn increment(gate: Data<Gate>) -> Result<&'static str, SessionError> {
    session.get::<u32>("total")?;
    gate.pass().await;
    session.update("total", |total: Option<u32>| total.unwrap_or_default() + 1)?;
    Ok("ok")
}

#[with_sessions]
#[get("/total")]
async fn show_total() -> Result<String, SessionError> {
    Ok(session.get::<u32>("total")?.unwrap_or_default().to_string())
}

#[with_sessions]
#[get("/slow")]
async fn slow(gate: Data<Gate>) -> Result<&'static str, SessionError> {
    session.get::<String>("user")?;
    gate.pass().await;
    session.insert("slow", true)?;
    Ok("ok")
}

#[with_sessions]
#[get("/sign-out")]
async fn sign_out() -> &'static str {
    session.destroy();
    "ok"
}
