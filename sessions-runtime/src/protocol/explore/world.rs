//! The store of an exploration, as a value, and the calls that change it.

use std::collections::BTreeMap;

use crate::backend::{Create, Delete, NewRecord, Record, Replace, Touch, Version};
use crate::clock::Timestamp;
use crate::id::StoreKey;

#[derive(Clone, Debug)]
pub(super) enum Call {
    Load(StoreKey),
    Create(StoreKey, NewRecord),
    Replace(StoreKey, Version, NewRecord),
    Touch(StoreKey, Timestamp),
    Delete(StoreKey, Option<Version>),
    KeysOf(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    Load(Option<Record>),
    Create(Create),
    Replace(Replace),
    Touch(Touch),
    Delete(Delete),
    Keys(Vec<StoreKey>),
    /// An error; whether the call took effect, the request cannot know.
    Failed,
}

/// The store, as a value. Nothing expires in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) records: BTreeMap<StoreKey, Record>,
    /// Never forgets a key, so that a version never repeats.
    versions: BTreeMap<StoreKey, u64>,
}

impl World {
    pub(super) fn put(&mut self, key: StoreKey, record: NewRecord) -> Version {
        let count = self.versions.entry(key).or_default();
        *count += 1;
        let version = Version::new(*count);
        let NewRecord {
            data,
            expiry,
            principal,
        } = record;
        self.records.insert(
            key,
            Record {
                data,
                version,
                expiry,
                principal,
            },
        );
        version
    }

    pub(super) fn step(&mut self, call: Call) -> Answer {
        match call {
            Call::Load(key) => Answer::Load(self.records.get(&key).cloned()),
            Call::Create(key, _) if self.records.contains_key(&key) => Answer::Create(Create::Exists),
            Call::Create(key, record) => Answer::Create(Create::Created(self.put(key, record))),
            Call::Replace(key, expected, record) => Answer::Replace(match self.records.get(&key) {
                None => Replace::Gone,
                Some(current) if current.version != expected => Replace::Conflict,
                Some(_) => Replace::Replaced(self.put(key, record)),
            }),
            Call::Touch(key, expiry) => Answer::Touch(match self.records.get_mut(&key) {
                None => Touch::Gone,
                Some(record) => {
                    record.expiry = expiry;
                    Touch::Done
                }
            }),
            Call::Delete(key, expected) => Answer::Delete(match self.records.get(&key) {
                None => Delete::Gone,
                Some(current) if expected.is_some_and(|expected| expected != current.version) => {
                    Delete::Conflict
                }
                Some(_) => {
                    self.records.remove(&key);
                    Delete::Deleted
                }
            }),
            Call::KeysOf(principal) => Answer::Keys(
                self.records
                    .iter()
                    .filter(|(_, record)| record.principal.as_ref() == Some(&principal))
                    .map(|(key, _)| *key)
                    .collect(),
            ),
        }
    }
}
