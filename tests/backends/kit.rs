//! What tests of one backend's own share.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use sessions_runtime::{
    Backend, Clock, Create, ErrorKind, NewRecord, Record, SessionError, StoreKey, Timestamp, Version,
};

/// An address at which nothing listens.
pub(super) fn nowhere() -> String {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.expect("a free port").to_string()
}

pub(super) fn key(number: u8) -> StoreKey {
    StoreKey::from_bytes([number; 32])
}

pub(super) fn after(seconds: u64) -> Timestamp {
    Clock::system().now().after(Duration::from_secs(seconds))
}

/// A record that lives for an hour.
pub(super) fn record(data: impl Into<Vec<u8>>) -> NewRecord {
    NewRecord {
        data: data.into().into(),
        expiry: after(3_600),
        principal: None,
    }
}

pub(super) async fn create(backend: &impl Backend, key: &StoreKey, record: NewRecord) -> Version {
    match backend.create(key, record).await.expect("the server answers") {
        Create::Created(version) => version,
        Create::Exists => panic!("the key is taken"),
    }
}

pub(super) async fn load(backend: &impl Backend, key: &StoreKey) -> Option<Record> {
    backend.load(key).await.expect("the server answers")
}

/// What a key has, as text.
pub(super) async fn text(backend: &impl Backend, key: &StoreKey) -> Option<String> {
    let record = load(backend, key).await?;
    Some(String::from_utf8(record.data.to_vec()).expect("text"))
}

/// An error with all its causes.
pub(super) fn told(err: &(dyn std::error::Error + 'static)) -> String {
    let mut text = err.to_string();
    let mut cause = err.source();
    while let Some(err) = cause {
        text.push_str(": ");
        text.push_str(&err.to_string());
        cause = err.source();
    }
    text
}

/// A call, and how long it took.
pub(super) async fn timed<T>(
    call: impl Future<Output = Result<T, SessionError>>,
) -> (Result<T, ErrorKind>, Duration) {
    let begin = Instant::now();
    let answer = call.await.map_err(|err| err.kind());
    (answer, begin.elapsed())
}
