//! The ways to keep an expiry.

use rusqlite::{Connection, params};

/// A schema, and how a row is made and saved in it.
pub(crate) struct Variant {
    pub(crate) schema: &'static str,
    insert: &'static str,
    save: Save,
}

enum Save {
    /// One statement.
    Row(&'static str),
    /// One that leaves the hour of the expiry alone, and another one for where it has changed.
    Hour(&'static str, &'static str),
    /// A second table has the expiry.
    Tables(&'static str, &'static str),
}

/// Whatever a save is found by.
const ROW: &str = "UPDATE sessions SET expiry = ?2, data = ?3 WHERE key = ?1";

impl Variant {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            // The floor: whoever purges reads the whole table.
            "none" => Self {
                schema: "CREATE TABLE sessions (key BLOB NOT NULL PRIMARY KEY, expiry INTEGER NOT NULL,
                         data BLOB NOT NULL) WITHOUT ROWID",
                insert: "INSERT INTO sessions VALUES (?1, ?2, ?3)",
                save: Save::Row(ROW),
            },
            // What is usual.
            "index" => Self {
                schema: "CREATE TABLE sessions (key BLOB NOT NULL PRIMARY KEY, expiry INTEGER NOT NULL,
                         data BLOB NOT NULL) WITHOUT ROWID;
                         CREATE INDEX sessions_by_expiry ON sessions (expiry)",
                insert: "INSERT INTO sessions VALUES (?1, ?2, ?3)",
                save: Save::Row(ROW),
            },
            // What the backend does.
            "bucket" => Self {
                schema: "CREATE TABLE sessions (key BLOB NOT NULL PRIMARY KEY, expiry INTEGER NOT NULL,
                         bucket INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
                         CREATE INDEX sessions_by_bucket ON sessions (bucket)",
                insert: "INSERT INTO sessions VALUES (?1, ?2, ?2 / 3600, ?3)",
                save: Save::Hour(
                    "UPDATE sessions SET expiry = ?2, data = ?3 WHERE key = ?1 AND bucket = ?2 / 3600",
                    "UPDATE sessions SET expiry = ?2, data = ?3, bucket = ?2 / 3600 WHERE key = ?1",
                ),
            },
            // The same, where a save names the indexed column whether it changes or not.
            "bucket-named" => Self {
                schema: "CREATE TABLE sessions (key BLOB NOT NULL PRIMARY KEY, expiry INTEGER NOT NULL,
                         bucket INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
                         CREATE INDEX sessions_by_bucket ON sessions (bucket)",
                insert: "INSERT INTO sessions VALUES (?1, ?2, ?2 / 3600, ?3)",
                save: Save::Row(
                    "UPDATE sessions SET expiry = ?2, data = ?3, bucket = ?2 / 3600 WHERE key = ?1",
                ),
            },
            // Small rows of their own, so that many lie on a page.
            "table" => Self {
                schema:
                    "CREATE TABLE sessions (key BLOB NOT NULL PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
                         CREATE TABLE expiries (key BLOB NOT NULL PRIMARY KEY, expiry INTEGER NOT NULL)
                         WITHOUT ROWID;
                         CREATE INDEX expiries_by_expiry ON expiries (expiry)",
                insert: "INSERT INTO sessions VALUES (?1, ?3)",
                save: Save::Tables(
                    "UPDATE sessions SET data = ?3 WHERE key = ?1 AND ?2 > 0",
                    "INSERT INTO expiries VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET expiry = ?2",
                ),
            },
            _ => panic!("no such variant: {name}"),
        }
    }

    /// Answers how many rows it has changed.
    pub(crate) fn save(
        &self,
        on: &Connection,
        new: bool,
        key: &[u8],
        expiry: u64,
        data: &str,
    ) -> rusqlite::Result<usize> {
        let expiry = i64::try_from(expiry).expect("a small number");
        let execute = |sql: &str| on.prepare_cached(sql)?.execute(params![key, expiry, data]);
        if new && !matches!(self.save, Save::Tables(..)) {
            return execute(self.insert);
        }
        match self.save {
            Save::Row(save) => execute(save),
            Save::Hour(save, in_another) => match execute(save)? {
                0 => execute(in_another),
                saved => Ok(saved),
            },
            Save::Tables(save, of_expiry) => {
                on.prepare_cached(of_expiry)?.execute(params![key, expiry])?;
                execute(if new { self.insert } else { save })
            }
        }
    }
}
