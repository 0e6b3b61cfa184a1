//! What is usual: an r2d2 pool, a blocking task for each call, one transaction a row.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use bench_harness::rows::{ROWS, data, key, next};
use bench_harness::tasks::{Outcome, TASKS, together};
use r2d2::{ManageConnection, Pool};
use rusqlite::{Connection, params};
use tokio::task::spawn_blocking;

struct Manager {
    file: PathBuf,
    synchronous: String,
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.file)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", &self.synchronous)?;
        Ok(connection)
    }

    fn is_valid(&self, _: &mut Connection) -> rusqlite::Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

pub(crate) async fn measure(
    file: &str,
    durability: &str,
    connections: u32,
    lasts: Duration,
) -> (Outcome, Outcome) {
    let manager = Manager {
        file: file.into(),
        synchronous: durability.to_uppercase(),
    };
    // Its connections are not asked before each use: this side is to be as fast as it can.
    let pool = Pool::builder()
        .max_size(connections)
        .test_on_check_out(false)
        .build(manager)
        .expect("a writable file");
    fill(&mut pool.get().expect("a connection")).expect("a new file");
    let versions = RefCell::new(vec![0_i64; ROWS as usize]);
    let saving = pool.clone();
    let saves = together(TASKS, lasts, async move |task, save| {
        let (row, pool) = (next(task, save), saving.clone());
        let expected = versions.borrow()[row as usize];
        let saved = spawn_blocking(move || {
            let connection = pool.get().expect("a connection");
            let mut update = connection.prepare_cached(
                "UPDATE sessions SET version = ?2 + 1, expiry = ?3, data = ?4 WHERE key = ?1 AND version = ?2",
            )?;
            let expiry = i64::MAX - i64::try_from(save).expect("a small number");
            update.execute(params![key(row), expected, expiry, data(save)])
        });
        assert_eq!(saved.await.expect("no panic").expect("no error"), 1);
        versions.borrow_mut()[row as usize] = expected + 1;
    });
    let saves = saves.await;
    let reads = together(1, crate::READS, async move |_, read| {
        let row = next(u32::try_from(read % u64::from(TASKS)).expect("a task"), read);
        let pool = pool.clone();
        let data = spawn_blocking(move || {
            let connection = pool.get().expect("a connection");
            let mut find =
                connection.prepare_cached("SELECT version, expiry, data FROM sessions WHERE key = ?1")?;
            find.query_row(params![key(row)], |row| row.get::<_, String>(2))
        });
        assert_eq!(data.await.expect("no panic").expect("a row").len(), 300);
    });
    (saves, reads.await)
}

/// A table without an index on the expiry: this side is to be as fast as it can.
fn fill(connection: &mut Connection) -> rusqlite::Result<()> {
    let filling = connection.transaction()?;
    filling.execute_batch(
        "CREATE TABLE sessions (
            key BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expiry INTEGER NOT NULL, data TEXT NOT NULL
        ) WITHOUT ROWID",
    )?;
    for row in 0..ROWS {
        filling
            .prepare_cached("INSERT INTO sessions VALUES (?1, 0, ?2, ?3)")?
            .execute(params![key(row), i64::MAX, data(u64::MAX - 1)])?;
    }
    filling.commit()
}
