//! The trait that every server backend implements.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Acquire, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace, Touch, Version};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;

/// What each call of a [`Backend`] returns: a boxed future, so that backends fit into one list.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{BackendFuture, Touch};
///
/// fn nothing_there<'a>() -> BackendFuture<'a, Touch> {
///     Box::pin(async { Ok(Touch::Gone) })
/// }
/// # #[actix_web::main] async fn main() -> Result<(), sessions_runtime::SessionError> {
/// assert_eq!(nothing_there().await?, Touch::Gone);
/// # Ok(()) }
/// ```
pub type BackendFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send + 'a>>;

/// A server that keeps session records: bytes under hashed keys, with a version and an expiry.
///
/// The session protocol needs no more than five calls, each of which is one atomic step, and builds on what they
/// promise: no update is lost, and a session that was destroyed never comes back. The public conformance suite
/// `sessions_runtime::testing::backend_suite` (feature `testing`) checks a backend of your own.
///
/// Rules for all calls:
///
/// - **A version never repeats for a key**, also across delete and create. See [`Version`].
/// - **An expired record does not exist.** It has expired when the present second is greater than its expiry. No call may
///   find, replace, touch or delete it, whether or not its bytes still lie somewhere.
/// - **Absence is an answer, failure is an error.** A server that cannot be reached, or answers nonsense, must not look as
///   if there was no record: that would sign its user out. Use [`SessionError::unavailable`], [`SessionError::busy`],
///   [`SessionError::too_large`] or [`SessionError::backend`].
/// - **Time is bounded.** Each call ends with an error after the backend's own time-out. A call whose outcome is unknown
///   is an error as well, and is never repeated inside the backend: the protocol does not repeat it either.
/// - **A dropped future leaves nothing mixed up**: the call took place or it did not, and a connection with an answer in
///   flight is not used again.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use sessions_runtime::{Backend, Create, Delete, Memory, NewRecord, Replace, StoreKey, Timestamp};
///
/// # #[actix_web::main] async fn main() -> Result<(), sessions_runtime::SessionError> {
/// let backend: Arc<dyn Backend> = Arc::new(Memory::new());
/// let key = StoreKey::from_bytes([7; 32]);
/// let record = NewRecord { data: "data".into(), expiry: Timestamp::from_unix(u64::MAX), principal: None };
///
/// let Create::Created(first) = backend.create(&key, record.clone()).await? else { panic!("a new key") };
/// let Replace::Replaced(second) = backend.replace(&key, first, record.clone()).await? else { panic!("nobody else") };
/// assert_eq!(backend.replace(&key, first, record).await?, Replace::Conflict);
/// assert_eq!(backend.delete(&key, Some(second)).await?, Delete::Deleted);
/// assert_eq!(backend.load(&key).await?, None);
/// # Ok(()) }
/// ```
///
/// # Security
///
/// A backend only ever sees hashes of session ids, so nothing it stores or logs works as a cookie.
pub trait Backend: Send + Sync + 'static {
    /// Reads the record of a key.
    ///
    /// - Missing or expired: `None`.
    ///
    /// # Errors
    ///
    /// Fails where the server cannot be asked or its answer is not a record.
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>>;

    /// Writes the record of a key that has none.
    ///
    /// - Missing or expired: it is written, [`Create::Created`].
    /// - There already: nothing changes, [`Create::Exists`].
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be stored, for example for its size, or nobody knows whether it was.
    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create>;

    /// Writes the record of a key, provided that it is there in the expected version: data, expiry and principal.
    ///
    /// - Missing or expired: nothing is written, [`Replace::Gone`]. This is how a destroyed session stays destroyed.
    /// - Another version: nothing changes, [`Replace::Conflict`].
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be stored, or nobody knows whether it was.
    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace>;

    /// Moves the expiry of a record, in either direction, whatever its version. Data, principal and version stay.
    ///
    /// - Missing or expired: nothing is written, [`Touch::Gone`].
    ///
    /// # Errors
    ///
    /// Fails where the server cannot be asked.
    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch>;

    /// Removes the record of a key, provided that it is there in the expected version; `None` expects any.
    ///
    /// - Missing or expired: [`Delete::Gone`].
    /// - Another version: nothing changes, [`Delete::Conflict`].
    ///
    /// # Errors
    ///
    /// Fails where nobody knows whether the record is gone.
    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete>;

    /// What this backend offers beyond the five calls above: nothing, unless it says so.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// Removes at most `limit` expired records and answers how many it removed; fewer than `limit` means that it is done.
    ///
    /// For applications to call from time to time where [`Capabilities::purge`] is set. Two calls at once must not fail.
    ///
    /// # Errors
    ///
    /// Fails where the server cannot be asked.
    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        let _ = limit;
        Box::pin(ready(Ok(0)))
    }

    /// The keys of all records that have this principal and have not expired. Needs [`Capabilities::principals`].
    ///
    /// # Errors
    ///
    /// Fails where the server cannot be asked, and with [`ErrorKind::Unsupported`] where there is no such index.
    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        let _ = principal;
        Box::pin(ready(Err(SessionError::new(
            ErrorKind::Unsupported,
            "this backend cannot find sessions by their principal; use one whose capabilities have `principals`",
        ))))
    }

    /// Takes the lock of a key for `owner`, and waits for it no longer than `wait`. Needs [`Capabilities::locks`].
    ///
    /// The lock belongs to the key, not to its record, which need not exist. It ends with [`unlock`](Self::unlock), or
    /// by itself when `lease` is over, so that a crashed holder blocks nobody for longer. The owner who holds it already
    /// gets it again, with a new lease.
    ///
    /// # Errors
    ///
    /// Fails where the server cannot be asked, and with [`ErrorKind::Unsupported`] where there are no locks. Not getting
    /// the lock is no error but [`Acquire::TimedOut`].
    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        let _ = (key, owner, lease, wait);
        Box::pin(ready(Err(SessionError::new(
            ErrorKind::Unsupported,
            "this backend has no locks; use one whose capabilities have `locks`",
        ))))
    }

    /// Gives the lock of a key back, if it is still `owner`'s. Somebody else's lock stays.
    ///
    /// Synchronous, so that a request which is dropped releases its lock too: a backend that has to send something hands
    /// it over to a task of its own. What goes wrong there is made good by the end of the lease.
    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        let _ = (key, owner);
    }
}

/// A shared backend is a backend.
impl<B: Backend + ?Sized> Backend for Arc<B> {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        (**self).load(key)
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        (**self).create(key, record)
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        (**self).replace(key, expected, record)
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        (**self).touch(key, expiry)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        (**self).delete(key, expected)
    }

    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        (**self).purge_expired(limit)
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        (**self).keys_of(principal)
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        (**self).lock(key, owner, lease, wait)
    }

    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        (**self).unlock(key, owner);
    }
}
