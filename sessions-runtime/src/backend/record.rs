//! What goes into a backend and what it answers.

use std::fmt;

use bytes::Bytes;

use crate::clock::Timestamp;
#[cfg(any(feature = "datastore", feature = "redis"))]
use crate::entropy;
use crate::entropy::Entropy;
use crate::error::SessionError;

/// Which writing of a record this is.
///
/// A version never repeats for a key, also across delete and create: a request that held on to an old record must not
/// take a later one for it. A counter over the whole store or a random number will do; a counter that restarts with
/// each record will not.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Version;
///
/// assert_eq!(Version::new(7).get(), 7);
/// assert_ne!(Version::new(7), Version::new(8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(u64);

impl Version {
    /// A version, as a backend numbers it.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Version::new(1).get(), 1);
    /// ```
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// One of 64 random bits: a version that some request still holds comes back with a chance of one in 18 · 10^18. A
    /// counter would be one more thing that each write has to write, and would repeat itself where an old copy of the
    /// store is put back; random numbers need nothing that processes have to agree on.
    #[cfg(any(feature = "datastore", feature = "redis"))]
    pub(super) fn random() -> Result<Self, SessionError> {
        entropy::public(entropy::system).map(|bytes| Self(u64::from_ne_bytes(bytes)))
    }

    /// The backend's number.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Version::new(u64::MAX).get(), u64::MAX);
    /// ```
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A record to be written.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{NewRecord, Timestamp};
///
/// let record = NewRecord { data: "data".into(), expiry: Timestamp::from_unix(60), principal: None };
/// assert!(!format!("{record:?}").contains("data\""), "debug output shows no data");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NewRecord {
    /// What to keep. Opaque to the backend.
    pub data: Bytes,
    /// The last moment at which the record exists; from the next second on it is as if it had been deleted.
    pub expiry: Timestamp,
    /// Whose session it is, for [`Backend::keys_of`](crate::Backend::keys_of). A backend without that index drops it.
    pub principal: Option<String>,
}

/// A record as it was loaded.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Record, Timestamp, Version};
///
/// let record = Record {
///     data: "data".into(),
///     version: Version::new(1),
///     expiry: Timestamp::from_unix(60),
///     principal: None,
/// };
/// assert_eq!(record.clone(), record);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// The bytes as they were written.
    pub data: Bytes,
    /// What [`Backend::replace`](crate::Backend::replace) has to name.
    pub version: Version,
    /// The last moment at which the record exists. A server that counts down may answer a second more or less.
    pub expiry: Timestamp,
    /// Whose session it is; `None` also where the backend does not keep it.
    pub principal: Option<String>,
}

/// The answer to [`Backend::create`](crate::Backend::create).
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Create, Version};
///
/// assert_ne!(Create::Created(Version::new(1)), Create::Exists);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Create {
    /// The record is there, in this version.
    Created(Version),
    /// A record that has not expired is there already, and stays as it is.
    Exists,
}

/// The answer to [`Backend::replace`](crate::Backend::replace).
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Replace, Version};
///
/// assert_ne!(Replace::Replaced(Version::new(2)), Replace::Conflict);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replace {
    /// The record was replaced, and has this version now.
    Replaced(Version),
    /// The record is there in another version, and stays as it is.
    Conflict,
    /// There is no record, or it has expired. Nothing was written.
    Gone,
}

/// The answer to [`Backend::touch`](crate::Backend::touch).
///
/// # Examples
///
/// ```
/// use sessions_runtime::Touch;
///
/// assert_ne!(Touch::Done, Touch::Gone);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Touch {
    /// The record has the new expiry.
    Done,
    /// There is no record, or it has expired. Nothing was written.
    Gone,
}

/// The answer to [`Backend::delete`](crate::Backend::delete).
///
/// # Examples
///
/// ```
/// use sessions_runtime::Delete;
///
/// assert_ne!(Delete::Deleted, Delete::Conflict);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delete {
    /// The record was there and is no more.
    Deleted,
    /// The record is there in another version than the expected one, and stays.
    Conflict,
    /// There was no record, or it had expired.
    Gone,
}

/// The answer to [`Backend::lock`](crate::Backend::lock).
///
/// # Examples
///
/// ```
/// use sessions_runtime::Acquire;
///
/// assert_ne!(Acquire::Acquired, Acquire::TimedOut);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acquire {
    /// The lock is the owner's, until it unlocks or the lease ends.
    Acquired,
    /// Somebody else held the lock for the whole wait.
    TimedOut,
}

/// What a backend can do beyond the five calls that each must answer.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Capabilities;
///
/// let capabilities = Capabilities::default().purge(true);
/// assert!(capabilities.purge && !capabilities.principals && !capabilities.locks);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Expired records stay until [`purge_expired`](crate::Backend::purge_expired) removes them.
    pub purge: bool,
    /// [`keys_of`](crate::Backend::keys_of) finds the sessions of a principal.
    pub principals: bool,
    /// [`lock`](crate::Backend::lock) serialises requests.
    pub locks: bool,
}

impl Capabilities {
    /// Sets whether expired records have to be purged.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Capabilities::default().purge(true).purge);
    /// ```
    #[must_use]
    pub const fn purge(mut self, purge: bool) -> Self {
        self.purge = purge;
        self
    }

    /// Sets whether sessions are found by their principal.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Capabilities::default().principals(true).principals);
    /// ```
    #[must_use]
    pub const fn principals(mut self, principals: bool) -> Self {
        self.principals = principals;
        self
    }

    /// Sets whether there are locks.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Capabilities::default().locks(true).locks);
    /// ```
    #[must_use]
    pub const fn locks(mut self, locks: bool) -> Self {
        self.locks = locks;
        self
    }
}

/// Who holds a lock: a random number that one request draws for itself, so that a late holder cannot release the lock
/// of the next one.
///
/// # Examples
///
/// ```
/// use sessions_runtime::LockToken;
///
/// let token = LockToken::from_bytes([7; 16]);
/// assert_eq!(token.as_bytes(), &[7; 16]);
/// assert_eq!(format!("{token:?}"), "LockToken(..)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LockToken([u8; 16]);

impl LockToken {
    /// A token of these bytes, for tests of a backend.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::LockToken;
    ///
    /// assert_ne!(LockToken::from_bytes([1; 16]), LockToken::from_bytes([2; 16]));
    /// ```
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, which a backend keeps beside the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::LockToken::from_bytes([1; 16]).as_bytes(), &[1; 16]);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A fresh token.
    pub(crate) fn random(entropy: Entropy) -> Result<Self, SessionError> {
        let mut bytes = [0; 16];
        entropy(&mut bytes)?;
        Ok(Self(bytes))
    }
}

/// Shows nothing: who knows the token can release the lock.
impl fmt::Debug for LockToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockToken(..)")
    }
}

/// Shows the size of the data, not the data, and not whose it is.
impl fmt::Debug for NewRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecord")
            .field("len", &self.data.len())
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

/// Shows the size of the data, not the data, and not whose it is.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("len", &self.data.len())
            .field("version", &self.version)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S57
    #[test]
    fn debug_shows_neither_data_nor_principal() {
        let new = NewRecord {
            data: Bytes::from_static(b"secret"),
            expiry: Timestamp::from_unix(1),
            principal: Some("ann".into()),
        };
        let NewRecord {
            data,
            expiry,
            principal,
        } = new.clone();
        let record = Record {
            data,
            version: Version::new(1),
            expiry,
            principal,
        };
        for text in [format!("{new:?}"), format!("{record:?}")] {
            assert!(!text.contains("secret") && !text.contains("ann"), "{text}");
        }
    }

    /// S2
    #[test]
    fn a_failing_generator_gives_no_lock_token() {
        assert_ne!(
            LockToken::random(crate::entropy::system).unwrap(),
            LockToken::random(crate::entropy::system).unwrap()
        );
        let failing: Entropy = |_| Err(SessionError::backend("no entropy"));
        assert!(LockToken::random(failing).is_err());
    }
}
