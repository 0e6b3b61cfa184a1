//! A small shop: `cargo run --example shop`, then open <http://127.0.0.1:8080> in a browser.
//!
//! | what | where it lives | why there |
//! |---|---|---|
//! | visits, flash messages | session `session` in the sealed cookie | nothing on the server; nobody needs to revoke them |
//! | who is signed in | session `user` on the server | signing out must end it, also for a copy of the cookie |
//! | the cart | session `cart` on the server | two tabs that add at once must not lose a line |
//! | the tea last looked at | a plain cookie | a convenience that anybody may see and change |
//!
//! `backend` chooses the server: an SQLite file, or what `SHOP_BACKEND` says. No handler knows which.

mod account;
mod backend;
mod cart;
mod catalogue;
mod notice;
mod pages;
mod shelf;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, web};
use sessions_runtime::{CookieArgs, Sessions};

#[actix_web::main]
async fn main() -> ExitCode {
    sessions_examples::log();
    sessions_examples::exit(serve().await)
}

/// Serves until Ctrl-C; requests that are under way then still get their answer.
async fn serve() -> io::Result<()> {
    let sessions = sessions()?;
    let app = move || {
        App::new()
            .app_data(sessions.clone())
            .service((shelf::home, shelf::product))
            .service((account::sign_in, account::sign_out))
            .service((cart::show, cart::add, cart::remove))
            .service(pages::style)
            .default_service(web::to(pages::nowhere))
            .wrap(DefaultHeaders::new().add(("content-security-policy", pages::CONTENT_SECURITY_POLICY)))
            .wrap(from_fn(sessions_examples::log_request))
    };
    HttpServer::new(app)
        .workers(2)
        .shutdown_timeout(5)
        .listen(sessions_examples::listen()?)?
        .run()
        .await
}

/// The sessions of the shop. `build` checks that every handler finds the backend it names.
fn sessions() -> io::Result<Sessions> {
    let builder = Sessions::builder()
        .secret_key(sessions_examples::secret_key(Path::new(".sessions-dev-secret"))?)
        .cookie_args(CookieArgs::new().secure(sessions_examples::secure()))
        // As many messages as a sealed cookie has room for beside the rest.
        .flash_limits(8, 200);
    Ok(backend::choose(builder)?.build()?)
}
