//! The handler without sessions.

use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;
use axum::routing::get;
use bench_harness::COOKIE_OF_BARE;

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(bare))
        .route("/fill", get(fill))
        .route("/number", get(number))
}

async fn bare() -> &'static str {
    "ok"
}

async fn fill() -> impl IntoResponse {
    ([(SET_COOKIE, COOKIE_OF_BARE)], "ok")
}

async fn number() -> &'static str {
    "41"
}
