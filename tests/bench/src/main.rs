//! One request in a loop: `sessions-bench CASE COUNT` runs it, `sessions-bench allocations` counts allocations.
//!
//! `tests/bench/run` makes the table: instructions under callgrind, as the difference of two counts.

use std::alloc::System;
use std::env;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, get};
use sessions_runtime::{SecretKey, SessionError, Sessions, with_sessions};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CASES: [&str; 4] = ["bare", "unused", "read", "write"];

#[get("/bare")]
async fn bare() -> &'static str {
    "ok"
}

#[with_sessions]
#[get("/unused")]
async fn unused() -> &'static str {
    "ok"
}

/// Three values: a number, a short text, a text of 32 characters.
#[with_sessions]
#[get("/read")]
async fn read() -> Result<&'static str, SessionError> {
    let number: Option<u64> = session.get("number")?;
    let short: Option<String> = session.get("short")?;
    let long: Option<String> = session.get("long")?;
    assert!(number.is_some() && short.is_some() && long.is_some());
    Ok("ok")
}

#[with_sessions]
#[get("/write")]
async fn write() -> Result<&'static str, SessionError> {
    let number: u64 = session.get("number")?.unwrap_or_default();
    session.insert("number", number + 1)?;
    Ok("ok")
}

#[with_sessions]
#[get("/fill")]
async fn fill() -> Result<&'static str, SessionError> {
    session.insert("number", 41)?;
    session.insert("short", "hello")?;
    session.insert("long", "0123456789abcdef0123456789abcdef")?;
    Ok("ok")
}

#[actix_web::main]
async fn main() {
    let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ").expect("a fit secret");
    let sessions = Sessions::builder().secret_key(key).build().expect("fit settings");
    let app = init_service(App::new().app_data(sessions).service((bare, unused, read, write, fill))).await;
    let filled = app.call(TestRequest::get().uri("/fill").to_request()).await.expect("a response");
    let line = filled.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok()).expect("a cookie");
    // Cloned once, it is shared, as the headers of a real request are: slices of one buffer.
    let cookie = HeaderValue::from_str(line.split(';').next().expect("a pair")).expect("a value");
    let _shared = cookie.clone();

    let mut arguments = env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("allocations"), _) => {
            for case in CASES {
                println!("{case} {}", allocations(&app, case, &cookie).await);
            }
        }
        (Some(case), Some(count)) if CASES.contains(&case) => {
            for _ in 0..count.parse::<u32>().expect("a count") {
                request(&app, case, &cookie).await;
            }
        }
        _ => panic!("usage: sessions-bench allocations | sessions-bench CASE COUNT, CASE of {CASES:?}"),
    }
}

async fn request<B>(
    app: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    case: &str,
    cookie: &HeaderValue,
) {
    let request = TestRequest::get().uri(&format!("/{case}")).insert_header((header::COOKIE, cookie.clone())).to_request();
    let response = app.call(request).await.expect("a response");
    assert!(response.status().is_success());
    assert_eq!(response.headers().contains_key(header::SET_COOKIE), case == "write");
}

/// Allocations of one request, after a few that fill the pools.
async fn allocations<B>(
    app: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    case: &str,
    cookie: &HeaderValue,
) -> usize {
    for _ in 0..10 {
        request(app, case, cookie).await;
    }
    let region = Region::new(ALLOCATOR);
    request(app, case, cookie).await;
    let change = region.change();
    change.allocations + change.reallocations
}
