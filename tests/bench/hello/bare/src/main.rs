//! Without sessions.

use actix_web::{App, HttpServer, get};

#[get("/")]
async fn hello() -> &'static str {
    "hello"
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().service(hello)).bind("127.0.0.1:0")?.run().await
}
