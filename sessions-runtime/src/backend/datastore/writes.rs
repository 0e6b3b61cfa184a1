//! What can be written: one type a call, with its SQL. All of it is parameterised.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::sync::Notify;

use super::failure::Result;
use super::versions::{fresh, stored};
use crate::backend::{Create, Delete, LockToken, NewRecord, Replace, Touch, Version};
use crate::clock::Timestamp;
use crate::id::StoreKey;

/// How long a bucket of expiries is, in seconds: so rarely does an active session change its bucket, and with it the
/// index; and so long do expired records stay on the disk at most before the writer purges them.
pub(super) const BUCKET: i64 = 3_600;

/// SQLite's usual page size.
const PAGE: usize = 4_096;

/// A write: one statement takes place or does not, so that one that fails leaves the others of its transaction alone.
pub(super) trait Write: Send + 'static {
    type Answer: Send + 'static;

    /// Does it, inside a transaction. It may be done again in another one, if that one was undone.
    fn apply(&self, on: &Writing<'_>) -> Result<Self::Answer>;

    /// About how many pages it adds to the log: one of the table, and sometimes one of an index.
    fn pages(&self) -> usize {
        2
    }

    /// What follows once it is on the disk.
    fn done(&self) {}
}

/// A transaction that is open for writing.
pub(super) struct Writing<'a> {
    pub(super) connection: &'a Connection,
    pub(super) now: i64,
}

impl Writing<'_> {
    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// Removes records whose bucket is over: the writer's own purge, which looks at no record that lives. Answers how
    /// many.
    pub(super) fn purge(&self, limit: usize) -> Result<usize> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.purge_locks()?;
        self.execute(
            "DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE bucket < ?1 LIMIT ?2)",
            params![self.now / BUCKET, limit],
        )
    }

    /// Removes locks whose lease is over. There are few: usually their owners remove them.
    fn purge_locks(&self) -> Result<usize> {
        self.execute("DELETE FROM locks WHERE until < ?1", params![self.now])
    }

    fn lives(&self, key: &StoreKey) -> Result<bool> {
        let sql = "SELECT 1 FROM sessions WHERE key = ?1 AND expiry >= ?2";
        let mut lives = self.connection.prepare_cached(sql)?;
        Ok(lives.exists(params![key.as_bytes(), self.now])?)
    }
}

pub(super) struct CreateRecord {
    pub(super) key: StoreKey,
    pub(super) record: NewRecord,
}

impl Write for CreateRecord {
    type Answer = Create;

    fn pages(&self) -> usize {
        2 + self.record.data.len() / PAGE
    }

    fn apply(&self, on: &Writing<'_>) -> Result<Create> {
        let (version, expiry) = (fresh()?, seconds(self.record.expiry));
        let written = on.execute(
            "INSERT INTO sessions (key, version, expiry, bucket, principal, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (key) DO UPDATE SET version = excluded.version, expiry = excluded.expiry,
             bucket = excluded.bucket, principal = excluded.principal, data = excluded.data WHERE expiry < ?7",
            params![
                self.key.as_bytes(),
                version,
                expiry,
                expiry / BUCKET,
                self.record.principal,
                &self.record.data[..],
                on.now
            ],
        )?;
        Ok(match written {
            0 => Create::Exists,
            _ => Create::Created(Version::new(version.cast_unsigned())),
        })
    }
}

pub(super) struct ReplaceRecord {
    pub(super) key: StoreKey,
    pub(super) expected: Version,
    pub(super) record: NewRecord,
}

impl Write for ReplaceRecord {
    type Answer = Replace;

    fn pages(&self) -> usize {
        2 + self.record.data.len() / PAGE
    }

    fn apply(&self, on: &Writing<'_>) -> Result<Replace> {
        let (version, expiry) = (fresh()?, seconds(self.record.expiry));
        let parameters = params![
            self.key.as_bytes(),
            stored(self.expected),
            on.now,
            version,
            expiry,
            &self.record.data[..],
            expiry / BUCKET,
            self.record.principal
        ];
        // A column that is named is written to its index, whether it changes or not. So the usual case, in which no
        // indexed column changes, has a statement that does not name them.
        let written = match on.execute(
            "UPDATE sessions SET version = ?4, expiry = ?5, data = ?6
             WHERE key = ?1 AND version = ?2 AND expiry >= ?3 AND bucket = ?7 AND principal IS ?8",
            parameters,
        )? {
            0 => on.execute(
                "UPDATE sessions SET version = ?4, expiry = ?5, data = ?6, bucket = ?7, principal = ?8
                 WHERE key = ?1 AND version = ?2 AND expiry >= ?3",
                parameters,
            )?,
            written => written,
        };
        Ok(match written {
            0 if on.lives(&self.key)? => Replace::Conflict,
            0 => Replace::Gone,
            _ => Replace::Replaced(Version::new(version.cast_unsigned())),
        })
    }
}

pub(super) struct TouchRecord {
    pub(super) key: StoreKey,
    pub(super) expiry: Timestamp,
}

impl Write for TouchRecord {
    type Answer = Touch;

    fn apply(&self, on: &Writing<'_>) -> Result<Touch> {
        let expiry = seconds(self.expiry);
        let parameters = params![self.key.as_bytes(), on.now, expiry, expiry / BUCKET];
        let touched = match on.execute(
            "UPDATE sessions SET expiry = ?3 WHERE key = ?1 AND expiry >= ?2 AND bucket = ?4",
            parameters,
        )? {
            0 => on.execute(
                "UPDATE sessions SET expiry = ?3, bucket = ?4 WHERE key = ?1 AND expiry >= ?2",
                parameters,
            )?,
            touched => touched,
        };
        Ok(if touched == 0 { Touch::Gone } else { Touch::Done })
    }
}

pub(super) struct DeleteRecord {
    pub(super) key: StoreKey,
    pub(super) expected: Option<Version>,
}

impl Write for DeleteRecord {
    type Answer = Delete;

    fn apply(&self, on: &Writing<'_>) -> Result<Delete> {
        let deleted = match self.expected {
            None => on.execute(
                "DELETE FROM sessions WHERE key = ?1 AND expiry >= ?2",
                params![self.key.as_bytes(), on.now],
            )?,
            Some(expected) => on.execute(
                "DELETE FROM sessions WHERE key = ?1 AND expiry >= ?2 AND version = ?3",
                params![self.key.as_bytes(), on.now, stored(expected)],
            )?,
        };
        Ok(match deleted {
            0 if self.expected.is_some() && on.lives(&self.key)? => Delete::Conflict,
            0 => Delete::Gone,
            _ => Delete::Deleted,
        })
    }
}

/// Removes records that somebody found to have expired, if they still have. The answer is how many.
pub(super) struct PurgeRecords {
    pub(super) keys: Vec<StoreKey>,
}

impl Write for PurgeRecords {
    type Answer = usize;

    fn pages(&self) -> usize {
        2 * self.keys.len()
    }

    fn apply(&self, on: &Writing<'_>) -> Result<usize> {
        on.purge_locks()?;
        let mut purged = 0;
        for key in &self.keys {
            purged += on.execute(
                "DELETE FROM sessions WHERE key = ?1 AND expiry < ?2",
                params![key.as_bytes(), on.now],
            )?;
        }
        Ok(purged)
    }
}

pub(super) struct TakeLock {
    pub(super) key: StoreKey,
    pub(super) owner: LockToken,
    pub(super) lease: Duration,
}

impl Write for TakeLock {
    /// Whether the lock is the owner's now.
    type Answer = bool;

    fn apply(&self, on: &Writing<'_>) -> Result<bool> {
        let now = Timestamp::from_unix(u64::try_from(on.now).unwrap_or_default());
        let taken = on.execute(
            "INSERT INTO locks (key, owner, until) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until
             WHERE until < ?4 OR owner = excluded.owner",
            params![
                self.key.as_bytes(),
                self.owner.as_bytes(),
                seconds(now.after(self.lease)),
                on.now
            ],
        )?;
        Ok(taken > 0)
    }
}

pub(super) struct ReleaseLock {
    pub(super) key: StoreKey,
    pub(super) owner: LockToken,
    pub(super) released: Arc<Notify>,
}

impl Write for ReleaseLock {
    type Answer = ();

    fn apply(&self, on: &Writing<'_>) -> Result<()> {
        on.execute(
            "DELETE FROM locks WHERE key = ?1 AND owner = ?2",
            params![self.key.as_bytes(), self.owner.as_bytes()],
        )?;
        Ok(())
    }

    fn done(&self) {
        self.released.notify_waiters();
    }
}

/// Writes nothing. Its answer says that all that was queued before it has ended.
pub(super) struct Nothing;

impl Write for Nothing {
    type Answer = ();

    fn pages(&self) -> usize {
        0
    }

    fn apply(&self, _: &Writing<'_>) -> Result<()> {
        Ok(())
    }
}

/// A moment as it is stored. What lies beyond SQLite's integers is for ever either way.
pub(super) fn seconds(moment: Timestamp) -> i64 {
    i64::try_from(moment.unix()).unwrap_or(i64::MAX)
}
