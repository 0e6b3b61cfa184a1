//! The contract of a backend, in commands and scripts.

use std::time::Duration;

use redis::{Cmd, Value};

use super::failure::Cause;
use super::link::Ask;
use super::scripts::{CONFLICT, DONE, GONE};
use super::{Redis, frame, lock};
use crate::backend::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace,
    Touch, Version,
};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::id::StoreKey;

impl Redis {
    pub(super) fn now(&self) -> Timestamp {
        self.shared.options.clock.now()
    }

    fn key(&self, key: &StoreKey) -> String {
        [&*self.shared.options.prefix, ":", &key.to_text()].concat()
    }

    /// Runs a script that answers one of three numbers.
    pub(super) async fn run(&self, script: &redis::ScriptInvocation<'_>) -> Result<i64, SessionError> {
        match self.shared.server.ask(Ask::Script(script)).await? {
            Value::Int(answer) => Ok(answer),
            _ => self.unexpected(),
        }
    }

    /// An answer that does not go with its command is an error and nothing else: an empty session would sign its user out.
    pub(super) fn unexpected<T>(&self) -> Result<T, SessionError> {
        Err(self.shared.server.failure(Cause::Unexpected))
    }

    /// A record as it is stored, under a version of its own.
    fn write(&self, record: &NewRecord) -> Result<(Version, Vec<u8>), SessionError> {
        let (size, limit) = (record.data.len(), self.shared.options.max_record_size);
        if size > limit {
            return Err(self.shared.server.failure(Cause::TooLarge { size, limit }));
        }
        let version = Version::random()?;
        Ok((version, frame::write(version, record)))
    }
}

impl Backend for Redis {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async move {
            let mut get = Cmd::new();
            get.arg("GET").arg(self.key(key));
            match self.shared.server.ask(Ask::Read(&get)).await? {
                Value::Nil => Ok(None),
                Value::BulkString(bytes) => match frame::read(bytes) {
                    Some(record) => Ok(Some(record).filter(|record| self.now() <= record.expiry)),
                    None => Err(self.shared.server.failure(Cause::Foreign)),
                },
                _ => self.unexpected(),
            }
        })
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        Box::pin(async move {
            let (now, (version, value)) = (self.now(), self.write(&record)?);
            let mut script = self.shared.scripts.create.prepare_invoke();
            script
                .key(self.key(key))
                .arg(value)
                .arg(now.unix())
                .arg(frame::keep(record.expiry, now));
            match self.run(&script).await? {
                DONE => Ok(Create::Created(version)),
                CONFLICT => Ok(Create::Exists),
                _ => self.unexpected(),
            }
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        Box::pin(async move {
            let (now, (version, value)) = (self.now(), self.write(&record)?);
            let mut script = self.shared.scripts.replace.prepare_invoke();
            script
                .key(self.key(key))
                .arg(value)
                .arg(now.unix())
                .arg(frame::keep(record.expiry, now))
                .arg(&expected.get().to_be_bytes()[..]);
            match self.run(&script).await? {
                DONE => Ok(Replace::Replaced(version)),
                CONFLICT => Ok(Replace::Conflict),
                GONE => Ok(Replace::Gone),
                _ => self.unexpected(),
            }
        })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        Box::pin(async move {
            let now = self.now();
            let mut script = self.shared.scripts.touch.prepare_invoke();
            script
                .key(self.key(key))
                .arg(&frame::moment(expiry)[..])
                .arg(now.unix())
                .arg(frame::keep(expiry, now));
            match self.run(&script).await? {
                DONE => Ok(Touch::Done),
                GONE => Ok(Touch::Gone),
                _ => self.unexpected(),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        Box::pin(async move {
            let expected = expected.map(|version| version.get().to_be_bytes());
            let mut script = self.shared.scripts.delete.prepare_invoke();
            script
                .key(self.key(key))
                .arg(expected.as_ref().map_or(&[][..], |version| &version[..]))
                .arg(self.now().unix());
            match self.run(&script).await? {
                DONE => Ok(Delete::Deleted),
                CONFLICT => Ok(Delete::Conflict),
                GONE => Ok(Delete::Gone),
                _ => self.unexpected(),
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().locks(true)
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        Box::pin(lock::acquire(self, key, owner, lease, wait))
    }

    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        lock::release(self, *key, *owner);
    }
}
