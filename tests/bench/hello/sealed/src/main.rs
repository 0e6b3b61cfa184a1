//! With sessions-runtime.

use actix_web::{App, HttpServer, get};
use sessions_runtime::{SecretKey, SessionError, Sessions, with_sessions};

#[with_sessions]
#[get("/")]
async fn hello() -> Result<String, SessionError> {
    Ok(session.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1)?.to_string())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let sessions = Sessions::builder().secret_key(SecretKey::from_env("SESSIONS_SECRET_KEY")?).build()?;
    HttpServer::new(move || App::new().app_data(sessions.clone()).service(hello)).bind("127.0.0.1:0")?.run().await
}
