//! `SessionsExt`: the request's store where no attribute can be.

use actix_web::dev::ServiceRequest;
use actix_web::guard::GuardContext;
use actix_web::{HttpMessage, HttpRequest, web};

use super::attached;
use crate::error::SessionError;
use crate::sessions::Sessions;
use crate::store::SessionStore;

/// Gives requests their [`SessionStore`]: in middleware, extractors, guards, closures and services.
///
/// All of them share one store with the handler. It is saved by the handler's attribute, or by
/// [`SessionMiddleware`](crate::SessionMiddleware); where neither is there, losing changes is an error in the log.
///
/// # Limitations
///
/// Guards cannot await: [`SessionStore::loaded_session`] gives them sessions in sealed cookies, and those of servers
/// that the middleware loaded before.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse};
/// use sessions_runtime::{SessionError, SessionsExt};
///
/// async fn closure_or_service(req: HttpRequest) -> Result<HttpResponse, SessionError> {
///     let session = req.session_store()?.get_session("session").await?;
///     session.add_flash("Hello")?;
///     Ok(HttpResponse::Ok().finish())
/// }
/// # let _ = closure_or_service;
/// ```
pub trait SessionsExt {
    /// The store of this request; opened if nobody did yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) where the application has no `Sessions`.
    fn session_store(&self) -> Result<SessionStore, SessionError>;
}

impl SessionsExt for HttpRequest {
    fn session_store(&self) -> Result<SessionStore, SessionError> {
        attached::open(
            attached::find_sessions(self),
            self.head(),
            &mut self.extensions_mut(),
        )
    }
}

impl SessionsExt for ServiceRequest {
    fn session_store(&self) -> Result<SessionStore, SessionError> {
        attached::open(
            attached::find_sessions(self.request()),
            self.head(),
            &mut self.extensions_mut(),
        )
    }
}

impl SessionsExt for GuardContext<'_> {
    fn session_store(&self) -> Result<SessionStore, SessionError> {
        let sessions = self.app_data::<Sessions>();
        let sessions = sessions.or_else(|| self.app_data::<web::Data<Sessions>>().map(|data| &***data));
        attached::open(sessions, self.head(), &mut self.req_data_mut())
    }
}
