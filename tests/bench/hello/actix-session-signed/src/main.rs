//! With actix-session.

use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::{App, Error, HttpServer, get};

#[get("/")]
async fn hello(session: Session) -> Result<String, Error> {
    let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let key = Key::generate();
    let middleware = move || SessionMiddleware::new(CookieSessionStore::default(), key.clone());
    HttpServer::new(move || App::new().wrap(middleware()).service(hello)).bind("127.0.0.1:0")?.run().await
}
