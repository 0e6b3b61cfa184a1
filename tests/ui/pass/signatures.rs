//! Whatever may be a handler may have sessions.
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query, Redirect};
use actix_web::{App, Either, HttpRequest, HttpResponse, Responder, Result, test, web};
use sessions_runtime::{Session, SessionError, SessionStore, Sessions, with_sessions};

#[with_sessions]
async fn generic<T: FromStr + Display + 'static, const N: usize>(value: Path<String>) -> Result<String, SessionError>
where
    T::Err: Display,
{
    session.insert("n", N)?;
    Ok(value.parse::<T>().map_or_else(|err| err.to_string(), |value| value.to_string()))
}

#[with_sessions]
async fn lifetimes<'a>(session: &'a Session, store: &'a SessionStore) -> impl Responder + use<'a> {
    store.delete_cookie("a").map(|()| session.name().to_owned())
}

/// A lifetime with a bound is one lifetime, not any.
#[with_sessions]
async fn bound_lifetime<'a, T: FromStr + 'a>(session: &'a Session, value: Path<String>) -> Result<&'static str, SessionError>
where
    'a: 'a,
{
    session.insert("n", value.parse::<T>().is_ok())?;
    Ok("bound")
}

#[with_sessions]
async fn patterns(mut query: Query<HashMap<String, String>>, _: HttpRequest, _guest: &Session) -> impl Responder {
    query.clear();
    session.name().to_owned()
}

#[with_sessions]
async fn by_reference(
    session: &Session,
    #[session(name = "cart-x", backend = "memory")] cart: &Session,
    session_store: &SessionStore,
    value: Path<String>,
) -> Result<impl Responder, SessionError> {
    session.insert("value", value.as_str())?;
    cart.insert("value", value.as_str())?;
    session_store.set_cookie("value", &value)?;
    Ok(Redirect::to("/").see_other())
}

type Number = Data<u32>;

#[with_sessions]
#[rustfmt::skip]
async fn eighteen(
    a: Number, b: Number, c: Number, d: Number, e: Number, f: Number, g: Number, h: Number, i: Number,
    j: Number, k: Number, l: Number, m: Number, n: Number, o: Number, p: Number, q: Number, r: Number,
) -> String {
    session.clear();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r].iter().map(|number| ***number).sum::<u32>().to_string()
}

struct Shop;

impl Shop {
    /// An associated function is a handler, too.
    #[with_sessions]
    pub(crate) async fn open() -> &'static str {
        session.clear();
        "open"
    }
}

#[with_sessions]
async fn nothing() -> Result<(), SessionError> {
    session.insert("a", 1)
}

#[with_sessions]
async fn either() -> Either<&'static str, HttpResponse> {
    if session.is_empty() { Either::Left("empty") } else { Either::Right(HttpResponse::Ok().finish()) }
}

#[with_sessions]
async fn option() -> Option<String> {
    session.get::<String>("absent").ok().flatten()
}

#[with_sessions]
async fn customized() -> impl Responder {
    session.name().to_owned().customize().with_status(StatusCode::CREATED)
}

#[actix_web::main]
async fn main() {
    let key = sessions_runtime::SecretKey::from_bytes("Vq3r9TzK0mXc7LwE5bNf2YhJ8sDpGu1A4oRiWkCxZt6Q").unwrap();
    let sessions = Sessions::builder().secret_key(key).default_backend("securecookie");
    let sessions = sessions.backend("memory", sessions_runtime::Memory::new()).session("guest", |s| s.backend("memory"));
    let app = App::new()
        .app_data(sessions.build().unwrap())
        .app_data(Data::new(1_u32))
        .route("/generic/{value}", web::get().to(generic::<u32, 3>))
        .route("/lifetimes", web::get().to(lifetimes))
        .route("/bound_lifetime/{value}", web::get().to(bound_lifetime::<u32>))
        .route("/patterns", web::get().to(patterns))
        .route("/by_reference/{value}", web::get().to(by_reference))
        .route("/eighteen", web::get().to(eighteen))
        .route("/open", web::get().to(Shop::open))
        .route("/nothing", web::get().to(nothing))
        .route("/either", web::get().to(either))
        .route("/option", web::get().to(option))
        .route("/customized", web::get().to(customized));
    let app = test::init_service(app).await;
    for (path, status, cookies, text) in [
        ("/generic/5", 200, 1, "5"),
        ("/generic/x", 200, 1, "invalid digit found in string"),
        ("/lifetimes", 200, 1, "session"),
        ("/bound_lifetime/5", 200, 1, "bound"),
        ("/patterns?a=b", 200, 0, "session"),
        ("/by_reference/5", 303, 3, ""),
        ("/eighteen", 200, 0, "18"),
        ("/open", 200, 0, "open"),
        ("/nothing", 204, 1, ""),
        ("/either", 200, 0, "empty"),
        ("/option", 404, 0, ""),
        ("/customized", 201, 0, "session"),
    ] {
        let response = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().get_all("set-cookie").count(), cookies, "{path}");
        assert_eq!(test::read_body(response).await, text, "{path}");
    }
}
