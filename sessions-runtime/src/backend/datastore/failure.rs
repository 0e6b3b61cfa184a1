//! What SQLite's failures mean for a session: the kind, and the cure.

use std::borrow::Cow;
use std::fmt;

use rusqlite::ErrorCode;

use crate::error::{ErrorKind, SessionError};

/// A failure of the database. It can be cloned, because it is the answer to every call of a transaction.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: ErrorKind,
    message: Cow<'static, str>,
    cause: Option<String>,
}

pub(super) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(super) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            cause: None,
        }
    }

    /// The error that callers see. Not a `From`: a second one for `SessionError` would make `?` ambiguous elsewhere.
    pub(super) fn into_error(self) -> SessionError {
        let err = SessionError::new(self.kind, self.message);
        match self.cause {
            Some(cause) => err.with_source(cause),
            None => err,
        }
    }

    pub(super) fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// What a person has to change before the database can be opened.
    pub(super) fn configuration(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// The file is not where it was, or is another one.
    pub(super) fn missing() -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "the session database is not at its path any more: put the file back, or restart to begin with an \
             empty one, which signs everybody out",
        )
    }

    /// There is nothing to wait with.
    pub(super) fn outside() -> Self {
        Self::new(
            ErrorKind::Backend,
            "a datastore is used outside of a Tokio runtime: call it from a handler or a task",
        )
    }

    pub(super) fn read_only() -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "the session database is read-only: let this process write the file and its directory",
        )
    }

    /// Whether the database is occupied by somebody else.
    pub(super) fn is_busy(&self) -> bool {
        self.kind == ErrorKind::Busy
    }
}

impl From<rusqlite::Error> for Failure {
    /// The texts of SQLite name tables and columns, and no values: every value is a bound parameter.
    fn from(err: rusqlite::Error) -> Self {
        let (kind, message) = match err.sqlite_error_code() {
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => (
                ErrorKind::Busy,
                "the session database stayed locked for longer than the busy time-out: look for a program that \
                 holds a transaction open, or raise `busy_timeout`",
            ),
            Some(ErrorCode::DiskFull) => (
                ErrorKind::Unavailable,
                "the session database cannot grow: free space on the disk, raise `max_size`, or purge expired \
                 records",
            ),
            Some(ErrorCode::ReadOnly) => return Self::read_only().because(err),
            Some(ErrorCode::CannotOpen) => (
                ErrorKind::Unavailable,
                "the session database cannot be opened: check that its directory is there, and that this process \
                 may write both",
            ),
            Some(ErrorCode::SystemIoFailure) => (
                ErrorKind::Unavailable,
                "the session database cannot be read or written: check the disk; network file systems do not do",
            ),
            Some(ErrorCode::DatabaseCorrupt) => (
                ErrorKind::Backend,
                "the session database is damaged: restore it, or move it away to begin with an empty one, which \
                 signs everybody out",
            ),
            Some(ErrorCode::NotADatabase) => (
                ErrorKind::Configuration,
                "the file of the session database is no SQLite database: give another path, or move it away",
            ),
            Some(ErrorCode::TooBig) => (
                ErrorKind::TooLarge,
                "the session record is larger than SQLite accepts",
            ),
            _ => (ErrorKind::Backend, "the session database failed"),
        };
        Self::new(kind, message).because(err)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// For the pool, which keeps the text of the last failure.
impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn kind_of(code: i32) -> ErrorKind {
        let failure = Failure::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        failure.into_error().kind()
    }

    /// R2, R8, R9
    #[test]
    fn each_failure_of_sqlite_has_its_kind() {
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_SNAPSHOT,
            ffi::SQLITE_LOCKED,
            ffi::SQLITE_PROTOCOL,
        ] {
            assert_eq!(kind_of(code), ErrorKind::Busy);
        }
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_CANTOPEN,
        ] {
            assert_eq!(kind_of(code), ErrorKind::Unavailable);
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_ERROR] {
            assert_eq!(kind_of(code), ErrorKind::Backend);
        }
        assert_eq!(kind_of(ffi::SQLITE_NOTADB), ErrorKind::Configuration);
        assert_eq!(kind_of(ffi::SQLITE_TOOBIG), ErrorKind::TooLarge);
    }

    #[test]
    fn the_cause_is_the_source() {
        let cause = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), None);
        let err = Failure::from(cause).into_error();
        assert!(err.to_string().contains("raise `max_size`"));
        assert!(format!("{err:?}").contains("database or disk is full"), "{err:?}");
    }
}
