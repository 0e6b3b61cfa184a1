//! The contract of a backend, in meta commands.

use std::time::Duration;

use super::failure::Cause;
use super::life::{self, Life};
use super::line::Reply;
use super::node::Node;
use super::reply::Status;
use super::wire::{Command, Key};
use super::{Memcache, lock};
use crate::backend::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace,
    Touch, Version,
};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::id::StoreKey;

impl Memcache {
    pub(super) fn record_key<'a>(&'a self, key: &StoreKey) -> Key<'a> {
        Key::record(&self.shared.options.prefix, key)
    }

    fn now(&self) -> Timestamp {
        self.shared.options.clock.now()
    }

    fn life(&self, node: &Node, expiry: Timestamp) -> Life {
        Life::until(expiry, self.now(), node.now())
    }
}

/// The version of an item. The server said that it keeps versions, so zero is none.
pub(super) fn version(node: &Node, reply: &Reply) -> Result<u64, SessionError> {
    match reply.version {
        Some(0) => Err(node.failure(Cause::Unversioned)),
        Some(version) => Ok(version),
        None => Err(node.failure(Cause::Unexpected)),
    }
}

/// A reply that does not go with its command is an error and nothing else: an empty session would sign its user out.
fn unexpected<T>(node: &Node) -> Result<T, SessionError> {
    Err(node.failure(Cause::Unexpected))
}

impl Backend for Memcache {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async move {
            let node = self.node(key);
            let reply = node.ask(&self.record_key(key), Command::Load).await?;
            match reply.status {
                Status::Missing => Ok(None),
                // Invalidated by somebody at the server's console, who wanted it gone.
                Status::Value if reply.stale => Ok(None),
                Status::Value => Ok(Some(Record {
                    version: Version::new(version(node, &reply)?),
                    expiry: life::expiry(reply.left, self.now()),
                    data: reply.data,
                    principal: None,
                })),
                _ => unexpected(node),
            }
        })
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        Box::pin(async move {
            let node = self.node(key);
            let command = Command::Create(self.life(node, record.expiry), &record.data);
            let reply = node.ask(&self.record_key(key), command).await?;
            match reply.status {
                Status::Done => Ok(Create::Created(Version::new(version(node, &reply)?))),
                Status::NotStored => Ok(Create::Exists),
                _ => unexpected(node),
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
            let node = self.node(key);
            let command = Command::Replace(expected.get(), self.life(node, record.expiry), &record.data);
            let reply = node.ask(&self.record_key(key), command).await?;
            match reply.status {
                Status::Done => Ok(Replace::Replaced(Version::new(version(node, &reply)?))),
                Status::Exists => Ok(Replace::Conflict),
                Status::NotFound => Ok(Replace::Gone),
                _ => unexpected(node),
            }
        })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        Box::pin(async move {
            let node = self.node(key);
            let reply = node
                .ask(&self.record_key(key), Command::Touch(self.life(node, expiry)))
                .await?;
            match reply.status {
                Status::Done => Ok(Touch::Done),
                Status::Missing => Ok(Touch::Gone),
                _ => unexpected(node),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        Box::pin(async move {
            let node = self.node(key);
            let command = Command::Delete(expected.map(Version::get));
            match node.ask(&self.record_key(key), command).await?.status {
                Status::Done => Ok(Delete::Deleted),
                Status::Exists => Ok(Delete::Conflict),
                Status::NotFound => Ok(Delete::Gone),
                _ => unexpected(node),
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
