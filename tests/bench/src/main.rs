//! One request in a loop: `sessions-bench CASE COUNT` runs it, `sessions-bench allocations` counts allocations.
//!
//! `tests/bench/run` makes the table: instructions under callgrind, as the difference of two counts.

use std::alloc::System;
use std::env;

use actix_http::Request;
use actix_service::Service;
use actix_service::boxed::BoxService;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, get};
use sessions_runtime::{SecretKey, SessionError, Sessions, with_sessions};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CASES: [&str; 4] = ["bare", "unused", "read", "write"];

#[get("/")]
async fn bare() -> &'static str {
    "ok"
}

#[with_sessions]
#[get("/")]
async fn unused() -> &'static str {
    "ok"
}

/// Three values: a number, a short text, a text of 32 characters.
#[with_sessions]
#[get("/")]
async fn read() -> Result<&'static str, SessionError> {
    let number: Option<u64> = session.get("number")?;
    let short: Option<String> = session.get("short")?;
    let long: Option<String> = session.get("long")?;
    assert!(number.is_some() && short.is_some() && long.is_some());
    Ok("ok")
}

#[with_sessions]
#[get("/")]
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
    let mut arguments = env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("allocations"), _) => {
            for case in CASES {
                println!("{case} {}", allocations(&Bench::new(case, &sessions).await).await);
            }
        }
        (Some(case), Some(count)) if CASES.contains(&case) => {
            let bench = Bench::new(case, &sessions).await;
            for _ in 0..count.parse::<u32>().expect("a count") {
                bench.request().await;
            }
        }
        _ => panic!("usage: sessions-bench allocations | sessions-bench CASE COUNT, CASE of {CASES:?}"),
    }
}

/// An application with one handler, and a cookie with three values.
struct Bench {
    app: BoxService<Request, ServiceResponse, Error>,
    cookie: HeaderValue,
    sets: bool,
}

impl Bench {
    async fn new(case: &str, sessions: &Sessions) -> Self {
        let filled = boxed(init_service(App::new().app_data(sessions.clone()).service(fill)).await);
        let filled = filled.call(TestRequest::get().uri("/fill").to_request()).await.expect("a response");
        let line = filled.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok()).expect("a cookie");
        let cookie = HeaderValue::from_str(line.split(';').next().expect("a pair")).expect("a value");
        // Cloned once, it is shared, as the headers of a real request are: slices of one buffer.
        let _shared = cookie.clone();
        let app = App::new().app_data(sessions.clone()).configure(|config| {
            match case {
                "bare" => config.service(bare),
                "unused" => config.service(unused),
                "read" => config.service(read),
                _ => config.service(write),
            };
        });
        Self { app: boxed(init_service(app).await), cookie, sets: case == "write" }
    }

    async fn request(&self) {
        let request = TestRequest::default().insert_header((header::COOKIE, self.cookie.clone())).to_request();
        let response = self.app.call(request).await.expect("a response");
        assert!(response.status().is_success());
        assert_eq!(response.headers().contains_key(header::SET_COOKIE), self.sets);
    }
}

fn boxed<S>(service: S) -> BoxService<Request, ServiceResponse, Error>
where
    S: Service<Request, Response = ServiceResponse, Error = Error> + 'static,
    S::Future: 'static,
{
    actix_service::boxed::service(service)
}

/// Allocations of one request, after a few that fill the pools.
async fn allocations(bench: &Bench) -> usize {
    for _ in 0..10 {
        bench.request().await;
    }
    let region = Region::new(ALLOCATOR);
    bench.request().await;
    let change = region.change();
    change.allocations + change.reallocations
}
