//! The one extractor of a generated handler.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// Request and payload, from which the user's own parameters are extracted later: so their number has no limit, and an
/// extractor that refuses still gets its session saved.
#[derive(Debug)]
pub struct Parts {
    pub(super) request: HttpRequest,
    pub(super) payload: PayloadPart,
}

/// The payload, which has no `Debug` of its own worth showing.
pub(super) struct PayloadPart(pub(super) Payload);

impl std::fmt::Debug for PayloadPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payload")
    }
}

impl FromRequest for Parts {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    #[inline]
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            request: request.clone(),
            payload: PayloadPart(payload.take()),
        }))
    }
}
