//! A backend that does what it must and declares nothing: the least that an author has to write.

use sessions_runtime::{
    Backend, BackendFuture, Create, Delete, Memory, NewRecord, Record, Replace, StoreKey, Timestamp, Touch,
    Version,
};

/// Memory, of which only the five calls are used; principals are dropped.
#[derive(Clone)]
pub(super) struct Plain(pub(super) Memory);

impl Backend for Plain {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.0.load(key)
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.0.create(
            key,
            NewRecord {
                principal: None,
                ..record
            },
        )
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.0.replace(
            key,
            expected,
            NewRecord {
                principal: None,
                ..record
            },
        )
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.0.touch(key, expiry)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.0.delete(key, expected)
    }
}
