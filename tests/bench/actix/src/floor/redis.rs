//! The floor on Redis: the commands that a session takes there, by the same client, and nothing of a session.
//!
//! No hash, no cookie that is read or checked, no expiry, no version that is compared: the key is the header as it came.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse, get};
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands as _, Client, RedisResult, SetExpiry, SetOptions};

/// As long as the record of three values.
const REST: &str = " hello 0123456789abcdef0123456789abcdef 0123456789abcdef0123456789abcdef0123456789ab";

routes!();

/// The connection of one worker.
pub(crate) async fn connect(url: String) -> RedisResult<MultiplexedConnection> {
    Client::open(url)?.get_multiplexed_async_connection().await
}

#[get("/")]
async fn unused() -> &'static str {
    "ok"
}

#[get("/")]
async fn read(redis: Data<MultiplexedConnection>, request: HttpRequest) -> Result<&'static str, Error> {
    assert!(load(&redis, key(&request)).await? > 0);
    Ok("ok")
}

#[get("/")]
async fn write(redis: Data<MultiplexedConnection>, request: HttpRequest) -> Result<&'static str, Error> {
    let number = load(&redis, key(&request)).await?;
    save(&redis, key(&request), number + 1).await?;
    Ok("ok")
}

#[get("/fill")]
async fn fill(redis: Data<MultiplexedConnection>) -> Result<HttpResponse, Error> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cookie = format!("id=floor-{:032}", NEXT.fetch_add(1, Ordering::Relaxed));
    save(&redis, cookie.as_bytes(), 41).await?;
    Ok(HttpResponse::Ok().insert_header((SET_COOKIE, cookie)).body("ok"))
}

#[get("/number")]
async fn show_number(redis: Data<MultiplexedConnection>, request: HttpRequest) -> Result<String, Error> {
    Ok(load(&redis, key(&request)).await?.to_string())
}

fn key(request: &HttpRequest) -> &[u8] {
    request.headers().get(COOKIE).expect("a cookie").as_bytes()
}

async fn load(redis: &MultiplexedConnection, key: &[u8]) -> Result<u64, Error> {
    let value: String = redis.clone().get(key).await.map_err(ErrorInternalServerError)?;
    let number = value.split(' ').next().and_then(|number| number.parse().ok());
    Ok(number.expect("a number"))
}

async fn save(redis: &MultiplexedConnection, key: &[u8], number: u64) -> Result<(), Error> {
    let options = SetOptions::default().with_expiration(SetExpiry::PX(1_209_600_000));
    let value = format!("{number}{REST}");
    let saved: RedisResult<()> = redis.clone().set_options(key, value, options).await;
    saved.map_err(ErrorInternalServerError)
}
