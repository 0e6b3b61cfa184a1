//! Where the attribute stands among the others does not matter.

use actix_web::{get, post, route, routes, web};
use sessions_runtime::{SessionError, session, with_sessions};

use crate::support::site::Site;

macro_rules! count {
    ($session:expr) => {
        $session
            .update("n", |n: Option<u32>| n.unwrap_or(0) + 1)
            .map(|n| n.to_string())
    };
}

#[with_sessions(default = "memory")]
#[get("/above")]
async fn above_get() -> Result<String, SessionError> {
    count!(session)
}

#[get("/below")]
#[with_sessions(default = "memory")]
async fn below_get() -> Result<String, SessionError> {
    count!(session)
}

#[with_sessions(default = "memory")]
#[route("/route", method = "GET", method = "POST")]
async fn above_route() -> Result<String, SessionError> {
    count!(session)
}

#[with_sessions(default = "memory")]
#[routes]
#[get("/routes_above")]
#[get("/routes_above_too")]
async fn above_routes() -> Result<String, SessionError> {
    count!(session)
}

#[routes]
#[with_sessions(default = "memory")]
#[get("/routes_between")]
#[get("/routes_between_too")]
async fn between_routes() -> Result<String, SessionError> {
    count!(session)
}

#[routes]
#[get("/routes_after")]
#[get("/routes_after_too")]
#[with_sessions(default = "memory")]
async fn after_routes() -> Result<String, SessionError> {
    count!(session)
}

/// No route attribute at all.
#[with_sessions(default = "memory")]
async fn by_to() -> Result<String, SessionError> {
    count!(session)
}

/// A generic handler.
#[with_sessions(default = "memory")]
async fn generic<T: std::str::FromStr + 'static, const N: usize>(
    word: web::Path<String>,
) -> Result<String, SessionError> {
    let parsed = word.parse::<T>().is_ok();
    assert!(parsed && N == 3, "the test sends a number");
    count!(session)
}

#[cfg_attr(all(), with_sessions(default = "memory"))]
#[cfg_attr(any(), with_sessions(default = "redis"))]
#[get("/conditional")]
async fn conditional() -> Result<String, SessionError> {
    count!(session)
}

#[with_sessions(default = "memory")]
#[cfg_attr(all(), session(name = "order_cart", backend = "memory"))]
#[get("/conditional_session")]
async fn conditional_session() -> Result<String, SessionError> {
    count!(order_cart)
}

#[tracing::instrument(skip_all)]
#[with_sessions(default = "memory")]
#[get("/instrument_above")]
async fn instrument_above() -> Result<String, SessionError> {
    count!(session)
}

#[with_sessions(default = "memory")]
#[get("/instrument_below")]
#[tracing::instrument(skip_all)]
async fn instrument_below() -> Result<String, SessionError> {
    count!(session)
}

#[session(name = "order_cart", backend = "memory")]
#[with_sessions(default = "memory")]
#[get("/session_above")]
async fn session_above() -> Result<String, SessionError> {
    count!(order_cart)
}

#[with_sessions(default = "memory")]
#[get("/session_below")]
#[session(name = "order_cart", backend = "memory")]
async fn session_below() -> Result<String, SessionError> {
    count!(order_cart)
}

#[session(name = "order_cart", backend = "memory")]
#[get("/session_apart")]
#[with_sessions(default = "memory")]
async fn session_apart() -> Result<String, SessionError> {
    count!(order_cart)
}

/// The runtime under another name; see `extern crate` in `main.rs`.
#[with_sessions(default = "memory", crate = ::renamed_runtime)]
#[post("/renamed_crate")]
async fn renamed_crate() -> Result<String, SessionError> {
    count!(session)
}

#[with_sessions(crate = ::renamed_runtime)]
#[session(name = "order_cart", backend = "memory")]
#[post("/renamed_crate_session")]
async fn renamed_crate_session() -> Result<String, SessionError> {
    count!(order_cart)
}

/// A handler that a macro writes.
macro_rules! handler {
    ($name:ident, $path:literal) => {
        #[with_sessions(default = "memory")]
        #[get($path)]
        async fn $name() -> Result<String, SessionError> {
            count!(session)
        }
    };
}

handler!(by_macro, "/by_macro");

/// A route whose handler has the name of a session.
mod names {
    use super::{SessionError, get, with_sessions};

    #[with_sessions(default = "memory")]
    #[get("/named_session")]
    pub(super) async fn session() -> Result<String, SessionError> {
        count!(session)
    }

    #[with_sessions(default = "memory")]
    #[session(name = "order_cart", backend = "memory")]
    #[get("/named_cart")]
    pub(super) async fn order_cart() -> Result<String, SessionError> {
        count!(order_cart)
    }
}

fn site() -> Site {
    Site::new(|app| {
        app.service((
            above_get,
            below_get,
            above_route,
            above_routes,
            between_routes,
            after_routes,
        ))
        .service((
            conditional,
            conditional_session,
            instrument_above,
            instrument_below,
        ))
        .service((
            session_above,
            session_below,
            session_apart,
            renamed_crate,
            renamed_crate_session,
        ))
        .service((by_macro, names::session, names::order_cart))
        .route("/to", web::get().to(by_to))
        .service(web::scope("/scope").route("/generic/{word}", web::get().to(generic::<u32, 3>)));
    })
}

/// P16, P17, P20, P22, P30, G3
#[actix_web::test]
async fn every_order_of_attributes_gives_the_same_handler() {
    let site = site();
    let client = site.client();
    let (mut session, mut cart) = (0, 0);
    for path in [
        "/above",
        "/below",
        "/route",
        "/routes_above",
        "/routes_above_too",
        "/routes_between",
        "/routes_between_too",
        "/routes_after",
        "/routes_after_too",
        "/to",
        "/scope/generic/42",
        "/conditional",
        "/instrument_above",
        "/instrument_below",
        "/by_macro",
        "/named_session",
    ] {
        session += 1;
        assert_eq!(
            client.get(path).send().await.text(),
            session.to_string(),
            "{path}"
        );
    }
    for path in [
        "/conditional_session",
        "/session_above",
        "/session_below",
        "/session_apart",
        "/named_cart",
    ] {
        cart += 1;
        assert_eq!(client.get(path).send().await.text(), cart.to_string(), "{path}");
    }
    assert_eq!(
        client.post("/route").send().await.text(),
        (session + 1).to_string()
    );
    assert_eq!(
        client.post("/renamed_crate").send().await.text(),
        (session + 2).to_string()
    );
    assert_eq!(
        client.post("/renamed_crate_session").send().await.text(),
        (cart + 1).to_string()
    );
}
