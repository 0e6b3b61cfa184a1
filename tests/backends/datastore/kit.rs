//! What the tests of this backend share.

use std::path::Path;
use std::time::Duration;

use sessions_runtime::{
    Backend, Clock, Create, Datastore, DatastoreBuilder, NewRecord, Record, StoreKey, Timestamp, Version,
};

use crate::support::place::Place;

pub(super) fn clock() -> Clock {
    Clock::manual(Timestamp::from_unix(1_800_000_000))
}

/// Settings for tests: what is purged is up to the test.
pub(super) fn builder(path: &Path, clock: &Clock) -> DatastoreBuilder {
    Datastore::builder(path).clock(clock.clone()).manual_purge()
}

pub(super) fn datastore(path: &Path, clock: &Clock) -> Datastore {
    builder(path, clock).open().expect("the file is the test's own")
}

/// A datastore whose file was deleted after it was opened.
pub(super) async fn gone(place: &Place, clock: &Clock) -> Datastore {
    let path = place.file("gone.db");
    let datastore = datastore(&path, clock);
    std::fs::remove_file(&path).expect("the file is there");
    datastore
}

pub(super) fn key(number: u8) -> StoreKey {
    StoreKey::from_bytes([number; 32])
}

/// A record that lives for an hour.
pub(super) fn record(data: &str, clock: &Clock) -> NewRecord {
    NewRecord {
        data: data.to_owned().into(),
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

pub(super) async fn load(datastore: &Datastore, key: &StoreKey) -> Record {
    let loaded = datastore.load(key).await.expect("the file is there");
    loaded.expect("the record is there")
}
