//! Each mistake has a line of its own, which ends with its number; `main.rs` demands that no other line is named.

use actix_web::{get, web};
use sessions_runtime::{Session, SessionError, with_sessions};

#[get("/{sku}")]
#[with_sessions(
    default = "securecooki",     // 1
    same_site = "Lax",           // 2
    save = "sometimes",          // 3
)]
#[session(
    name = "cart",
    bakend = "redis",            // 4
    idle_timeout = "soon",       // 5
)]
#[session(name = "my prefs")]    // 6
fn handler(                      // 7
    session: Session,            // 8
    #[session(name = "tea")]     // 9
    sku: web::Path<String>,
) -> Result<String, SessionError> {
    cart.insert("sku", &*sku)?;
    my_prefs.insert("seen", true)?;
    session_store.set_cookie("last", &sku)?;
    let visits = session.get::<u32>("visits")?.unwrap_or_default();
    Ok(format!("{visits} {}", cart.len()))
}

fn main() {
    actix_web::App::new().service(handler);
}
