//! `Session` and `SessionStore` as extractors, for handlers without the attribute.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::SessionsExt;
use crate::error::SessionError;
use crate::session::Session;
use crate::store::SessionStore;

/// The request's store. [`SessionMiddleware`](crate::SessionMiddleware) has to be installed, so that somebody saves.
impl FromRequest for SessionStore {
    type Error = SessionError;
    type Future = Ready<Result<Self, SessionError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.session_store())
    }
}

/// The default session. [`SessionMiddleware`](crate::SessionMiddleware) has to be installed, so that somebody saves.
impl FromRequest for Session {
    type Error = SessionError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, SessionError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let store = request.session_store();
        Box::pin(async move {
            let store = store?;
            let name = store.config().cookie_name().to_owned();
            store.get_session(&name).await
        })
    }
}
