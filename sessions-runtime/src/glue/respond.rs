//! Small functions that an expansion calls with the user's own spans, so that errors point at the user's code.

use actix_web::{HttpRequest, HttpResponse, Responder};

/// What a handler may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "this handler returns `{Self}`",
    note = "return something that implements `actix_web::Responder`: `impl Responder`, `HttpResponse`, a text, or a `Result` of it whose error implements `actix_web::ResponseError`"
)]
pub trait Respond {
    /// The response. Errors become responses too, so that their cookies are not lost.
    fn into_response(self, request: &HttpRequest) -> HttpResponse;
}

#[diagnostic::do_not_recommend]
impl<R: Responder> Respond for R {
    #[inline]
    fn into_response(self, request: &HttpRequest) -> HttpResponse {
        self.respond_to(request).map_into_boxed_body()
    }
}

/// Turns the value of a handler in a closure into a response.
pub fn respond<R: Respond>(value: R, request: &HttpRequest) -> HttpResponse {
    value.into_response(request)
}
