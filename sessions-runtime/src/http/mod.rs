//! Where sessions meet actix-web: the request's store and its owner, the extension trait, extractors, the middleware.

mod attached;
mod ext;
mod extract;
mod middleware;

pub(crate) use self::attached::{adopt, find_sessions, take_ownership};
pub use self::ext::SessionsExt;
pub use self::middleware::{SessionMiddleware, SessionMiddlewareService};
