//! Typed sessions wherever handlers can be, under the strictest lints.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic, missing_docs, unreachable_pub, unused_qualifications)]
#![allow(clippy::unused_async, reason = "handlers are async")]

use std::collections::BTreeMap;

use actix_web::{App, HttpResponse, Responder, get, post, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::{Session, SessionData, SessionError, SessionStore, with_sessions};

/// Documented, as everything.
#[derive(Debug, Serialize, Deserialize, Default, SessionData)]
#[session(name = "cart", backend = "memory", idle_timeout = "30m", conflict = "reject", lock, on_outage = "fail")]
pub struct Cart {
    /// What is in it.
    pub items: BTreeMap<String, u32>,
    /// How much that is.
    pub total: u32,
    /// In this order.
    #[session(whole)]
    pub order: BTreeMap<String, u32>,
}

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Prefs {
    dark: bool,
}

/// Its name would be a word of the language.
#[derive(Serialize, Deserialize, Default, SessionData)]
struct Type {
    n: u8,
}

/// Two exclusive bindings at once, and what only a true `&mut` allows.
#[with_sessions]
#[post("/add/{sku}")]
async fn add(sku: web::Path<String>, cart: &mut Cart, prefs: &mut Prefs) -> Result<impl Responder, SessionError> {
    *cart.items.entry(sku.into_inner()).or_default() += 1;
    for n in cart.items.values() {
        cart.total += n;
    }
    std::mem::swap(&mut prefs.dark, &mut true);
    prefs.dark = !prefs.dark;
    Ok(web::Json(BTreeMap::from([("total", cart.total)])))
}

/// The answer may borrow from the session.
#[with_sessions]
#[get("/keys")]
async fn keys(cart: &Cart) -> impl Responder {
    cart.items.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// A route that is called like a binding is no obstacle.
#[get("/cart")]
async fn cart() -> &'static str {
    "a route"
}

#[with_sessions]
#[session(Cart)]
#[session(Type, ident = kind)]
#[get("/injected")]
async fn injected() -> String {
    kind.n += 1;
    format!("{cart:?} {}", kind.n)
}

/// Nothing is mentioned, and nothing warns.
#[with_sessions]
#[session(Cart)]
#[get("/nothing")]
async fn nothing(_prefs: &mut Prefs) -> &'static str {
    "nothing"
}

/// Every kind of parameter, among extractors.
#[with_sessions]
#[get("/all/{a}")]
async fn all(
    a: web::Path<String>,
    cart: &mut Cart,
    query: web::Query<BTreeMap<String, String>>,
    session: &Session,
    #[session(name = "further", backend = "memory")] further: &mut Prefs,
    store: &SessionStore,
    body: String,
) -> Result<HttpResponse, SessionError> {
    cart.items.insert(a.into_inner(), u32::try_from(query.len()).unwrap_or(0));
    further.dark = body.is_empty();
    session.insert("n", 1)?;
    store.set_cookie("seen", "yes")?;
    Ok(HttpResponse::Ok().finish())
}

/// Seventeen references: more than one tuple holds.
macro_rules! many {
    ($($name:literal $param:ident)*) => {
        #[with_sessions]
        #[get("/many")]
        async fn many($(#[session(name = $name)] $param: &mut Prefs),*) -> String {
            $($param.dark = true;)*
            String::new()
        }
    };
}
many!("p1" a "p2" b "p3" c "p4" d "p5" e "p6" f "p7" g "p8" h "p9" i "p10" j "p11" k "p12" l "p13" m "p14" n "p15" o
    "p16" p "p17" q);

/// A handler whose body comes from elsewhere.
macro_rules! handler {
    ($name:ident, $body:block) => {
        #[with_sessions]
        #[session(Cart)]
        async fn $name() -> String $body
    };
}
handler!(from_outside, { cart.total.to_string() });

struct Routes;

impl Routes {
    #[with_sessions]
    async fn method(cart: &mut Cart) -> String {
        cart.total += 1;
        cart.total.to_string()
    }
}

/// Defined on a type of a module, bound from outside.
mod shop {
    /// A type of its own.
    #[derive(serde::Serialize, serde::Deserialize, Default, sessions_runtime::SessionData)]
    pub(crate) struct Order {
        /// Its number.
        pub(crate) number: u32,
    }
}

/// Where the attribute macro is imported under its name, the one below the derive is the type's all the same.
mod imported {
    use serde::{Deserialize, Serialize};
    use sessions_runtime::{SessionData, session, with_sessions};

    #[derive(Serialize, Deserialize, Default, SessionData)]
    #[session(name = "below")]
    struct Below {
        n: u8,
    }

    #[session(Below)]
    #[with_sessions]
    pub(super) async fn handler() -> String {
        below.n += 1;
        String::new()
    }
}

#[with_sessions]
#[session(shop::Order)]
#[session(shop::Order, name = "other_order", ident = other)]
async fn by_path() -> String {
    order.number = other.number;
    String::new()
}

fn main() {
    /// Inside a function.
    #[derive(Serialize, Deserialize, Default, SessionData)]
    struct Inside {
        n: u8,
    }

    #[with_sessions]
    async fn inside(inside: &mut Inside) -> String {
        inside.n += 1;
        inside.n.to_string()
    }

    let app = App::new()
        .service((add, keys, cart, injected, nothing, all, many))
        .route("/method", web::get().to(Routes::method))
        .route("/outside", web::get().to(from_outside))
        .route("/by_path", web::get().to(by_path))
        .route("/imported", web::get().to(imported::handler))
        .route("/inside", web::get().to(inside));
    drop(app);
}
