#![doc = include_str!("docs/start.md")]
#![doc = include_str!("docs/attribute.md")]
#![doc = include_str!("docs/typed.md")]
#![doc = include_str!("docs/life.md")]
#![doc = include_str!("docs/outages.md")]
#![doc = include_str!("docs/apart.md")]
#![doc = include_str!("docs/guarantees.md")]

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
mod typed;
mod value;

pub use self::backend::{
    Acquire, Backend, BackendFuture, BackendName, Capabilities, Create, Delete, LockToken, Memory, NewRecord,
    Record, Replace, Touch, Version,
};
#[cfg(feature = "datastore")]
pub use self::backend::{Datastore, DatastoreBuilder, Synchronous};
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
pub use self::session::{Origin, Session, SessionHandle};
pub use self::sessions::Sessions;
pub use self::store::{GetSession, MaxAge, SessionStore};
pub use self::typed::{SessionData, TypedSession};

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

/// Defines a session on its type: derives the trait [`SessionData`](trait@SessionData).
///
/// ```standalone_crate
/// use std::collections::BTreeMap;
///
/// use actix_web::{get, web};
/// use serde::{Deserialize, Serialize};
/// use sessions_runtime::{SessionData, with_sessions};
///
/// #[derive(Serialize, Deserialize, Default, SessionData)]
/// #[session(name = "cart", backend = "memory", idle_timeout = "30m")]
/// struct Cart {
///     /// One entry a key: additions of overlapping requests all arrive.
///     items: BTreeMap<String, u32>,
///     note: String,
///     /// One entry: the later save wins.
///     #[session(whole)]
///     order: BTreeMap<String, u32>,
/// }
///
/// #[with_sessions]
/// #[session(Cart)]
/// #[get("/note/{note}")]
/// async fn note(note: web::Path<String>) -> String {
///     std::mem::replace(&mut cart.note, note.into_inner())
/// }
/// # #[actix_web::main] async fn main() -> Result<(), sessions_runtime::SessionError> {
/// # use sessions_runtime::{Memory, SecretKey, Sessions, testing::{Client, serve}};
/// # let sessions = Sessions::builder()
/// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).backend("memory", Memory::new()).build()?;
/// # let server = serve(move |app| { app.app_data(sessions.clone()).service(note); });
/// # let browser = Client::new(&server);
/// # assert_eq!(browser.get("/note/one").send().await.text(), "");
/// # assert_eq!(browser.get("/note/two").send().await.text(), "one");
/// # Ok(()) }
/// ```
///
/// # Options
///
/// `#[session(..)]` on the type takes `name`, `backend`, and the lifetimes, cookie attributes and rules of
/// [`with_sessions`](macro@with_sessions); where the name is not given, it is that of the type in snake case. As the name
/// is the cookie's, giving it keeps sessions alive when the type is renamed. `crate = ::path` says where this crate is.
///
/// What a handler says where it binds the type (`#[session(Cart, idle_timeout = "1h")]`) wins over the type, and the type
/// wins over the configuration.
///
/// # Limitations
///
/// - The type cannot be generic, because a session has one definition; a newtype such as `struct Cart(Basket<Item>)` names
///   the parameters.
/// - `#[session(..)]` stands below the derive, as every attribute of a derive.
#[cfg(feature = "macros")]
pub use sessions_macros::SessionData;

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

/// A [`Flash`](trait@Flash) type from its definition: a queue, and a level and a text for each message.
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// use serde::{Deserialize, Serialize};
/// use sessions_runtime::{Flash, Level};
///
/// #[derive(Flash, Serialize, Deserialize, Debug, PartialEq)]
/// #[flash(queue = "shop")]
/// enum Notice {
///     #[flash(level = "success", text = "Added {count:>2} x {sku} to your cart")]
///     Added { sku: String, count: u32 },
///     #[flash(level = "error", text = "{0} is sold out")]
///     SoldOut(String),
///     #[flash(level(other = "party"), text = "{{Free}} delivery today")]
///     Free,
/// }
///
/// session.add_flash(Notice::Added { sku: "tea".to_owned(), count: 2 })?;
/// session.add_flash(Notice::Free)?;
/// // A page layout shows it without knowing the type.
/// let shown = session.peek_flashes()?;
/// assert_eq!((shown[0].level(), shown[0].text()), (&Level::Success, "Added  2 x tea to your cart"));
/// assert_eq!((shown[1].level().as_str(), shown[1].text()), ("party", "{Free} delivery today"));
/// // A page that knows it has the values.
/// let notices = session.take_flashes_of::<Notice>().await?;
/// assert_eq!(notices[0], Notice::Added { sku: "tea".to_owned(), count: 2 });
/// # Ok(()) });
/// ```
///
/// Without any `text` the type has a `Display` of its own, as errors do:
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use sessions_runtime::{Flash, Level};
/// #[derive(Flash, Serialize, Deserialize)]
/// #[flash(level = "warning")]
/// struct LowStock { left: u32 }
///
/// impl std::fmt::Display for LowStock {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "only {} left", self.left)
///     }
/// }
///
/// let message = LowStock { left: 3 };
/// assert_eq!((LowStock::QUEUE, message.level(), message.text()), ("low_stock", Level::Warning, "only 3 left".to_owned()));
/// ```
///
#[cfg(feature = "macros")]
pub use sessions_macros::Flash;

/// The README's examples compile.
#[cfg(all(doctest, feature = "macros", feature = "datastore"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// What most files with handlers need.
pub mod prelude {
    #[cfg(feature = "macros")]
    pub use crate::with_sessions;
    pub use crate::{Flash, Level, Session, SessionData, SessionError, SessionStore, Sessions, SessionsExt};
}

/// What expansions of the attribute refer to. Not part of the public API: the two crates are pinned to each other.
#[doc(hidden)]
pub mod __private {
    pub use actix_web::{HttpRequest, HttpResponse};
    pub use linkme;

    pub use crate::backend::BackendName;
    pub use crate::config::{ConflictRule, OnOutage, Options};
    pub use crate::cookie::SameSite;
    pub use crate::glue::{
        Arg, Binds, Call, Closure, Exclusive, Extract, Extracted, FlashValue, FromScope, Handler,
        NoExtractor, PLANS, Parts, Plan, Probe, Respond, Scope, Shared, Shown, Slot, StandIn, Store,
        Unanswered, Use, closure, distinct, exclusive, in_the_handler_only, respond, role, shared, shown,
    };
    pub use crate::typed::{Codec, Data, Defined, TYPES, codec};
}
