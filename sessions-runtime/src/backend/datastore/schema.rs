//! The tables, and how a database comes to have them.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::failure::{Failure, Result};

/// Marks the file as ours, so that another program's database is never written to: "sess" in ASCII.
const APPLICATION: i64 = 0x7365_7373;

/// One step a version: the step at index `n` leads from version `n` to `n + 1`. Steps are only ever added.
///
/// - `key` is the hash of an id; `data` comes last, so that the columns before it are read without its overflow pages.
/// - `bucket` is the hour of `expiry`. Saves move `expiry` all the time and the hour rarely; only the hour is indexed.
/// - Without rowid: one tree instead of two, which a save has to write one page of.
const STEPS: [&str; 1] = ["
    CREATE TABLE sessions (
        key BLOB NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        expiry INTEGER NOT NULL,
        bucket INTEGER NOT NULL,
        principal TEXT,
        data BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_bucket ON sessions (bucket);
    CREATE INDEX sessions_by_principal ON sessions (principal) WHERE principal IS NOT NULL;
    CREATE TABLE locks (
        key BLOB NOT NULL PRIMARY KEY,
        owner BLOB NOT NULL,
        until INTEGER NOT NULL
    ) WITHOUT ROWID;
"];

/// The version of the schema that this program knows: to which the steps lead.
const VERSION: i64 = 1;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Empty,
    Ours(i64),
    Foreign,
}

/// Brings the schema up to date. `settle` runs in between, on a file that is known to be ours or empty.
///
/// Safe while other processes do the same: who comes second finds the work done, in a transaction that waits for the
/// first.
pub(super) fn prepare(
    connection: &mut Connection,
    settle: impl FnOnce(&Connection) -> Result<()>,
) -> Result<()> {
    let found = {
        // One transaction, so that a half of somebody else's migration is not taken for a foreign database.
        let reading = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        look(&reading)?
    };
    let present = found.check()?;
    settle(connection)?;
    if present == VERSION {
        return Ok(());
    }
    let migrating = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let present = look(&migrating)?.check()?;
    migrate(&migrating, present)?;
    Ok(migrating.commit()?)
}

impl Found {
    /// The version to start from.
    fn check(self) -> Result<i64> {
        match self {
            Self::Empty => Ok(0),
            Self::Ours(version) if version <= VERSION => Ok(version),
            Self::Ours(version) => Err(Failure::configuration(format!(
                "the session database has schema version {version}, and this program knows versions up to {VERSION}: \
                 run the newer program, or give another path",
            ))),
            Self::Foreign => Err(Failure::configuration(
                "the file is the database of another program: give the session database a path of its own",
            )),
        }
    }
}

fn look(connection: &Connection) -> Result<Found> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    Ok(match number("PRAGMA application_id")? {
        APPLICATION => Found::Ours(number("PRAGMA user_version")?),
        0 if number("SELECT count(*) FROM sqlite_schema")? == 0 => Found::Empty,
        _ => Found::Foreign,
    })
}

fn migrate(migrating: &Transaction<'_>, present: i64) -> Result<()> {
    for step in STEPS.iter().skip(usize::try_from(present).unwrap_or(0)) {
        migrating.execute_batch(step)?;
    }
    migrating.pragma_update(None, "application_id", APPLICATION)?;
    Ok(migrating.pragma_update(None, "user_version", VERSION)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_to_the_version() {
        assert_eq!(i64::try_from(STEPS.len()), Ok(VERSION));
    }

    #[allow(clippy::unnecessary_wraps, reason = "the form of what settles")]
    fn nothing_to_settle(_: &Connection) -> Result<()> {
        Ok(())
    }

    #[test]
    fn an_empty_file_gets_the_schema_and_keeps_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        for _ in 0..2 {
            prepare(&mut connection, nothing_to_settle).unwrap();
            assert_eq!(look(&connection).unwrap(), Found::Ours(VERSION));
        }
    }

    /// R9
    #[test]
    fn another_programs_database_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (a)").unwrap();
        let failure = prepare(&mut connection, |_| panic!("it must not be touched")).unwrap_err();
        assert!(failure.to_string().contains("a path of its own"), "{failure}");
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare(&mut connection, nothing_to_settle).unwrap();
        connection
            .pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        let failure = prepare(&mut connection, |_| panic!("it must not be touched")).unwrap_err();
        assert!(failure.to_string().contains("run the newer program"), "{failure}");
    }
}
