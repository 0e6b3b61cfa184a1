//! The handler without sessions.

use actix_web::http::header::SET_COOKIE;
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get};
use bench_harness::COOKIE_OF_BARE;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(bare).service(fill).service(show_number);
}

#[get("/")]
async fn bare() -> &'static str {
    "ok"
}

#[get("/fill")]
async fn fill() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((SET_COOKIE, COOKIE_OF_BARE))
        .body("ok")
}

#[get("/number")]
async fn show_number() -> &'static str {
    "41"
}
