#![doc = include_str!("docs/start.md")]
#![doc = include_str!("docs/attribute.md")]
#![doc = include_str!("docs/life.md")]
#![doc = include_str!("docs/apart.md")]

mod backend;
mod clock;
mod config;
mod cookie;
mod entropy;
mod error;
mod flash;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod glue;
mod http;
mod id;
mod protocol;
mod record;
mod seal;
mod secret;
mod session;
mod sessions;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use self::backend::{
    Acquire, Backend, BackendFuture, BackendName, Capabilities, Create, Delete, LockToken, Memory, NewRecord,
    Record, Replace, Touch, Version,
};
#[cfg(feature = "memcache")]
pub use self::backend::{Memcache, MemcacheBuilder};
#[cfg(feature = "redis")]
pub use self::backend::{Redis, RedisBuilder};
pub use self::clock::{Clock, Timestamp};
pub use self::config::{ConflictRule, OnOutage, SessionSettings, SessionsBuilder, SessionsConfig};
pub use self::cookie::{CookieArgs, SameSite};
pub use self::error::{ErrorKind, SessionError};
pub use self::flash::{Flash, FlashMessage, FlashParts, IntoFlash, Level};
pub use self::http::{SessionMiddleware, SessionMiddlewareService, SessionsExt};
pub use self::id::StoreKey;
pub use self::secret::SecretKey;
pub use self::session::{Origin, Session};
pub use self::sessions::Sessions;
pub use self::store::{GetSession, MaxAge, SessionStore};

/// A further session of a handler: its name, backend, lifetime and cookie.
///
/// ```standalone_crate
/// use sessions_runtime::{Session, SessionError, with_sessions};
///
/// // Above the handler: a binding of that name.
/// #[with_sessions]
/// #[session(name = "cart", backend = "memory")]
/// #[session(name = "recently-seen", ident = seen)]
/// #[actix_web::get("/above")]
/// async fn above() -> Result<String, SessionError> {
///     seen.insert("last", "tea")?;
///     cart.insert("tea", 1)?;
///     Ok(format!("{} in {}, {} in {}", cart.name(), cart.backend(), seen.name(), seen.backend()))
/// }
///
/// // On a parameter: the parameter's name is the session's.
/// #[with_sessions]
/// #[actix_web::get("/parameter")]
/// async fn parameter(#[session(backend = "memory")] cart: &Session) -> Result<String, SessionError> {
///     Ok(cart.keys().join(" "))
/// }
/// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
/// # use sessions_runtime::{Memory, SecretKey, Sessions, testing::{Client, serve}};
/// # let sessions = Sessions::builder()
/// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).backend("memory", Memory::new()).build()?;
/// # let server = serve(move |app| { app.app_data(sessions.clone()).service((above, parameter)); });
/// # let browser = Client::new(&server);
/// # assert_eq!(browser.get("/above").send().await.text(), "cart in memory, recently-seen in securecookie");
/// # assert_eq!(browser.get("/parameter").send().await.text(), "tea");
/// # Ok(()) }
/// ```
///
#[cfg(feature = "macros")]
pub use sessions_macros::session;

/// Sessions for an actix-web handler: `session`, one binding for each `#[session]`, and `session_store`.
///
/// ```standalone_crate
/// use actix_web::{get, web};
/// use sessions_runtime::{SessionError, with_sessions};
///
/// #[with_sessions(default = "securecookie")]
/// #[get("/visits/{page}")]
/// async fn visits(page: web::Path<String>) -> Result<String, SessionError> {
///     let visits = session.update(&page, |n: Option<u32>| n.unwrap_or(0) + 1)?;
///     session_store.set_cookie("last_visit", "today")?;
///     Ok(format!("visit {visits}"))
/// }
/// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
/// # use sessions_runtime::{SecretKey, Sessions, testing::{Client, serve}};
/// # let sessions =
/// #     Sessions::builder().secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).build()?;
/// # let server = serve(move |app| { app.app_data(sessions.clone()).service(visits); });
/// # let browser = Client::new(&server);
/// # assert_eq!(browser.get("/visits/home").send().await.text(), "visit 1");
/// # assert_eq!(browser.get("/visits/home").send().await.text(), "visit 2");
/// # assert_eq!(browser.cookie("last_visit").as_deref(), Some("today"));
/// # Ok(()) }
/// ```
///
#[cfg(feature = "macros")]
pub use sessions_macros::with_sessions;

/// The README's examples compile.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// What most files with handlers need.
pub mod prelude {
    #[cfg(feature = "macros")]
    pub use crate::with_sessions;
    pub use crate::{Flash, Level, Session, SessionError, SessionStore, Sessions, SessionsExt};
}

/// What expansions of the attribute refer to. Not part of the public API: the two crates are pinned to each other.
#[doc(hidden)]
pub mod __private {
    pub use actix_web::{HttpRequest, HttpResponse};
    pub use linkme;

    pub use crate::backend::BackendName;
    pub use crate::config::{ConflictRule, OnOutage};
    pub use crate::cookie::SameSite;
    pub use crate::glue::{
        FromScope, Options, PLANS, Parts, Plan, Respond, Scope, Use, extractor, respond, role, run,
    };
}
