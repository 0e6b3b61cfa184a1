//! The store in the request's extensions, and who closes it.
//!
//! The outermost of `SessionMiddleware` and glue that opens the store, or finds it without owner, owns it: it saves, by
//! the status it sees. Everybody else only uses it.

use std::cell::Cell;

use actix_web::dev::{Extensions, RequestHead};
use actix_web::{HttpMessage, HttpRequest, web};

use crate::error::{ErrorKind, SessionError};
use crate::sessions::Sessions;
use crate::store::SessionStore;

struct Attached {
    store: SessionStore,
    owned: Cell<bool>,
}

/// The application's sessions: from `.app_data(sessions.clone())`, or from `web::Data`.
pub(crate) fn find_sessions(request: &HttpRequest) -> Option<&Sessions> {
    request
        .app_data::<Sessions>()
        .or_else(|| request.app_data::<web::Data<Sessions>>().map(|data| &***data))
}

/// The request's store; opened without owner if there is none yet.
pub(super) fn open(
    sessions: Option<&Sessions>,
    head: &RequestHead,
    extensions: &mut Extensions,
) -> Result<SessionStore, SessionError> {
    if let Some(attached) = extensions.get::<Attached>() {
        return Ok(attached.store.clone());
    }
    let sessions = sessions.ok_or_else(not_configured)?;
    let store = SessionStore::new(sessions.clone(), head);
    extensions.insert(Attached {
        store: store.clone(),
        owned: Cell::new(false),
    });
    Ok(store)
}

/// Opens the request's store, or finds it, and makes the caller its owner unless somebody else is: the flag says which.
/// A store that is not `shared` stays the caller's alone.
#[inline]
pub(crate) fn take_ownership(
    sessions: Option<&Sessions>,
    head: &RequestHead,
    extensions: &mut Extensions,
    shared: bool,
) -> Result<(SessionStore, bool), SessionError> {
    if let Some(attached) = extensions.get::<Attached>() {
        return Ok((attached.store.clone(), !attached.owned.replace(true)));
    }
    let sessions = sessions.ok_or_else(not_configured)?;
    let store = SessionStore::new(sessions.clone(), head);
    if shared {
        extensions.insert(Attached {
            store: store.clone(),
            owned: Cell::new(true),
        });
    }
    Ok((store, true))
}

/// Makes the caller the owner of a store that somebody opened meanwhile, such as an extractor.
pub(crate) fn adopt(request: &HttpRequest) -> Option<SessionStore> {
    let extensions = request.extensions();
    let attached = extensions.get::<Attached>()?;
    (!attached.owned.replace(true)).then(|| attached.store.clone())
}

/// The answer to a forgotten `.app_data`.
fn not_configured() -> SessionError {
    SessionError::new(
        ErrorKind::NotConfigured,
        "no `Sessions` in the application: add `.app_data(sessions.clone())` to `App::new()`, \
         with `let sessions = Sessions::builder()..build()?` outside of the `HttpServer` closure",
    )
}
