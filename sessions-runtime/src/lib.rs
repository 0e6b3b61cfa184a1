#![doc = "Sessions for actix-web 4, driven by an attribute macro."]

mod backend;
mod clock;
mod config;
mod cookie;
mod entropy;
mod error;
mod flash;
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
    Acquire, Backend, BackendFuture, BackendName, Capabilities, Create, Delete, LockToken, Memory, NewRecord, Record,
    Replace, Touch, Version,
};
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
#[cfg(feature = "macros")]
pub use sessions_macros::{session, with_sessions};

/// What most files with handlers need.
pub mod prelude {
    pub use crate::{Flash, Level, Session, SessionError, SessionStore, Sessions, SessionsExt};
    #[cfg(feature = "macros")]
    pub use crate::with_sessions;
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
