//! What else a module calls `session` or `cart` does not reach the handlers, and odd names have their idents.
#![deny(warnings)]
use actix_web::get;
use sessions_runtime::{Session, with_sessions};

// A routed handler is a unit struct, and would be a pattern where it is a parameter.
#[get("/cart")]
#[with_sessions]
#[session(name = "cart", backend = "memory")]
async fn cart() -> String {
    cart.name().to_owned()
}

#[get("/session_store")]
async fn session_store() -> &'static str {
    ""
}

#[allow(non_upper_case_globals)]
const session: u8 = 1;

#[with_sessions]
#[session(name = "cart", backend = "memory")]
async fn injected() -> String {
    session_store.delete_cookie("a").map_or_else(|err| err.to_string(), |()| session.name().to_owned() + cart.name())
}

#[with_sessions]
async fn by_reference(cart: &Session, session: &Session) -> String {
    session.name().to_owned() + cart.name()
}

#[with_sessions]
#[session(name = "prefs-x", backend = "memory")]
#[session(name = "prefs.y", backend = "memory", ident = prefs_y)]
#[session(name = "type", backend = "memory", ident = r#type)]
async fn odd() -> String {
    format!("{}{}{}", prefs_x.name(), prefs_y.name(), r#type.name())
}

fn main() {
    let _ = (cart, session_store, injected, by_reference, odd, session);
}
