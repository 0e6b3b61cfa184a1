//! What the tests of this backend share.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use sessions_runtime::{
    Backend, Clock, Create, Datastore, DatastoreBuilder, ErrorKind, NewRecord, Record, SessionError,
    StoreKey, Timestamp, Version,
};

pub(super) fn clock() -> Clock {
    Clock::manual(Timestamp::from_unix(1_800_000_000))
}

/// Settings for tests: nothing is purged that the test does not purge.
pub(super) fn builder(path: &Path, clock: &Clock) -> DatastoreBuilder {
    Datastore::builder(path).clock(clock.clone()).manual_purge()
}

pub(super) fn datastore(path: &Path, clock: &Clock) -> Datastore {
    builder(path, clock).open().expect("the file is the test's own")
}

/// A wait that is over soon, and that nothing can be expected to happen in.
pub(super) const SHORT: Duration = Duration::from_millis(50);

/// Another program's view of the file.
pub(super) fn by_hand(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("the file is the test's own");
    connection
        .busy_timeout(Duration::from_secs(20))
        .expect("a time-out can be set");
    connection
}

/// A single number from the file.
pub(super) fn number(connection: &Connection, sql: &str) -> i64 {
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("the query is sound")
}

pub(super) fn key(number: u32) -> StoreKey {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    StoreKey::from_bytes(bytes)
}

/// A record that lives for an hour.
pub(super) fn record(data: impl Into<Vec<u8>>, clock: &Clock) -> NewRecord {
    NewRecord {
        data: data.into().into(),
        expiry: clock.now().after(Duration::from_secs(3_600)),
        principal: None,
    }
}

pub(super) async fn create(datastore: &Datastore, key: &StoreKey, record: NewRecord) -> Version {
    match datastore.create(key, record).await.expect("the file is there") {
        Create::Created(version) => version,
        Create::Exists => panic!("the key is new"),
    }
}

pub(super) async fn load(datastore: &Datastore, key: &StoreKey) -> Option<Record> {
    datastore.load(key).await.expect("the file is there")
}

/// An error of this kind that says this.
#[track_caller]
pub(super) fn assert_failed<T>(answer: Result<T, SessionError>, kind: ErrorKind, text: &str) {
    match answer {
        Ok(_) => panic!("it succeeded"),
        Err(err) => assert!(err.kind() == kind && err.to_string().contains(text), "{err:?}"),
    }
}

/// Looks until something is so, for at most twenty seconds: what a thread of its own does takes its time.
#[track_caller]
pub(super) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "not within twenty seconds: {what}");
        std::thread::yield_now();
    }
}
