//! The order of attributes does not matter: each of these handlers saves its session.
use actix_web::{App, get, route, routes, test, web};
use sessions_runtime::{Memory, SecretKey, Sessions, session, with_sessions};

#[with_sessions]
#[get("/get-below")]
async fn get_below() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[get("/get-above")]
#[with_sessions]
async fn get_above() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[with_sessions]
#[route("/route", method = "GET", method = "POST")]
async fn routed() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[with_sessions]
#[routes]
#[get("/routes-first")]
#[get("/routes-first/more")]
async fn routes_first() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[routes]
#[get("/routes-between")]
#[with_sessions]
#[get("/routes-between/more")]
async fn routes_between() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[routes]
#[get("/routes-last")]
#[get("/routes-last/more")]
#[with_sessions]
async fn routes_last() -> String {
    session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[session(name = "above", backend = "memory")]
#[get("/session-above")]
#[with_sessions]
async fn session_above() -> String {
    above.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[with_sessions]
#[get("/session-below")]
#[session(name = "below", backend = "memory")]
async fn session_below() -> String {
    below.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[cfg_attr(all(), with_sessions)]
#[get("/condition-above")]
#[cfg_attr(all(), session(name = "conditional", backend = "memory"))]
async fn condition_above() -> String {
    conditional.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[with_sessions]
#[cfg_attr(any(), session(name = "conditional", backend = "datastore"))]
#[cfg_attr(all(), session(name = "conditional", backend = "memory"))]
#[get("/condition-below")]
async fn condition_below() -> String {
    conditional.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
}

#[tracing::instrument(skip(name))]
#[with_sessions]
async fn instrument_above(name: web::Path<String>) -> String {
    session.insert("a", &*name).map_or_else(|err| err.to_string(), |()| String::new())
}

#[with_sessions]
#[tracing::instrument(skip(name), ret)]
async fn instrument_below(name: web::Path<String>) -> String {
    session.insert("a", &*name).map_or_else(|err| err.to_string(), |()| String::new())
}

#[actix_web::scope("/scope")]
mod scoped {
    use super::{get, with_sessions};

    #[with_sessions]
    #[get("/below")]
    pub(super) async fn scoped_below() -> String {
        session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
    }

    #[get("/above")]
    #[with_sessions]
    pub(super) async fn scoped_above() -> String {
        session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
    }
}

#[actix_web::main]
async fn main() {
    #[with_sessions]
    #[get("/local")]
    async fn local() -> String {
        session.insert("a", 1).map_or_else(|err| err.to_string(), |()| String::new())
    }

    let key = SecretKey::from_bytes("Vq3r9TzK0mXc7LwE5bNf2YhJ8sDpGu1A4oRiWkCxZt6Q").unwrap();
    let builder = Sessions::builder().secret_key(key).default_backend("securecookie");
    let sessions = builder.backend("memory", Memory::new()).build().unwrap();
    let app = App::new()
        .app_data(sessions)
        .service((get_below, get_above, routed, routes_first, routes_between, routes_last))
        .service((session_above, session_below, condition_above, condition_below, local))
        .service((scoped::scoped_below, scoped::scoped_above))
        .route("/instrument-above/{name}", web::get().to(instrument_above))
        .route("/instrument-below/{name}", web::get().to(instrument_below));
    let app = test::init_service(app).await;
    for path in [
        "/get-below",
        "/get-above",
        "/route",
        "/routes-first",
        "/routes-first/more",
        "/routes-between",
        "/routes-between/more",
        "/routes-last",
        "/routes-last/more",
        "/session-above",
        "/session-below",
        "/condition-above",
        "/condition-below",
        "/instrument-above/x",
        "/instrument-below/x",
        "/scope/below",
        "/scope/above",
        "/local",
    ] {
        let response = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        assert_eq!(response.headers().get_all("set-cookie").count(), 1, "{path}");
        let body = test::read_body(response).await;
        assert!(body.is_empty(), "{path}: {body:?}");
    }
}
