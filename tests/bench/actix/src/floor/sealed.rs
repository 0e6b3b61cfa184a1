//! The floor of a sealed cookie: what libraries do for it, called one after the other.
//!
//! A frame of the same length as that of sessions-runtime, with the same three values. There are no entries, only places;
//! no second key or cookie, no option, nothing that could be changed or not; no store, and nobody else who could ask for the
//! session.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::body::BoxBody;
use actix_web::http::header::{CACHE_CONTROL, COOKIE, HeaderValue, SET_COOKIE, VARY};
use actix_web::{HttpRequest, HttpResponse, Responder, get};
use base64_simd::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rmp_serde::{Deserializer, Serializer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

const NAME: &str = "__Host-session=";
const ATTRIBUTES: &str = "; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax";
/// Two times, what a session would have beside its values, and these where they would be.
const FRAME: usize = 94;
const EXPIRES: Range<usize> = 10..15;
const LONG: Range<usize> = 35..69;
const NUMBER: Range<usize> = 77..78;
const SHORT: Range<usize> = 85..91;
const MAC: usize = 32;

/// The key's state after one block, as it is prepared for a cookie.
static KEY: LazyLock<Hmac<Sha256>> = LazyLock::new(|| {
    let mut key = Hmac::new_from_slice(&[7; 32]).expect("HMAC takes every key");
    key.update(&[7; 64]);
    key
});

routes!();

#[get("/")]
async fn unused() -> &'static str {
    "ok"
}

#[get("/")]
async fn read(request: HttpRequest) -> HttpResponse {
    let frame = open(&request);
    let number: u64 = decode(&frame[NUMBER]);
    let short: String = decode(&frame[SHORT]);
    let long: String = decode(&frame[LONG]);
    assert!(number > 0 && !short.is_empty() && !long.is_empty());
    answer(&request)
}

#[get("/")]
async fn write(request: HttpRequest) -> HttpResponse {
    let mut frame = open(&request);
    let number: u64 = decode(&frame[NUMBER]);
    // One byte, like those before it.
    encode(&mut frame[NUMBER], &((number + 1) % 100));
    frame.truncate(FRAME);
    let mut response = answer(&request);
    let headers = response.headers_mut();
    headers.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(SET_COOKIE, seal(frame));
    response
}

#[get("/fill")]
async fn fill() -> HttpResponse {
    let mut frame = vec![0; FRAME];
    frame[EXPIRES].fill(1);
    encode(&mut frame[NUMBER], &41);
    encode(&mut frame[SHORT], "hello");
    encode(&mut frame[LONG], "0123456789abcdef0123456789abcdef");
    HttpResponse::Ok()
        .insert_header((SET_COOKIE, seal(frame)))
        .body("ok")
}

#[get("/number")]
async fn show_number(request: HttpRequest) -> String {
    decode::<u64>(&open(&request)[NUMBER]).to_string()
}

/// The frame in the request's only cookie, if it is genuine and its time is not over.
fn open(request: &HttpRequest) -> Vec<u8> {
    let cookie = request.headers().get(COOKIE).expect("a cookie").as_bytes();
    let text = cookie.strip_prefix(NAME.as_bytes()).expect("its name");
    let frame = URL_SAFE_NO_PAD.decode_to_vec(text).expect("base64");
    let (signed, tag) = frame.split_last_chunk::<MAC>().expect("a MAC");
    let mut mac = KEY.clone();
    mac.update(signed);
    mac.verify_slice(tag).expect("a genuine cookie");
    let mut expires = [0; 8];
    expires[3..].copy_from_slice(&signed[EXPIRES]);
    assert!(now() < Duration::from_secs(u64::from_be_bytes(expires)));
    frame
}

/// The line of a frame.
fn seal(mut frame: Vec<u8>) -> HeaderValue {
    let mut mac = KEY.clone();
    mac.update(&frame);
    frame.extend_from_slice(&mac.finalize().into_bytes());
    let text = URL_SAFE_NO_PAD.encoded_length(frame.len());
    let mut line = String::with_capacity(NAME.len() + text + ATTRIBUTES.len());
    line.push_str(NAME);
    URL_SAFE_NO_PAD.encode_append(&frame, &mut line);
    line.push_str(ATTRIBUTES);
    HeaderValue::try_from(line).expect("a line")
}

/// What depends on the cookie.
fn answer(request: &HttpRequest) -> HttpResponse<BoxBody> {
    let mut response = "ok".respond_to(request).map_into_boxed_body();
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("Cookie"));
    response
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970")
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> T {
    let mut deserializer = Deserializer::from_read_ref(bytes).with_human_readable();
    T::deserialize(&mut deserializer).expect("a value")
}

fn encode<T: Serialize + ?Sized>(place: &mut [u8], value: &T) {
    let mut serializer = Serializer::new(place).with_struct_map().with_human_readable();
    value.serialize(&mut serializer).expect("a value that fits");
}
