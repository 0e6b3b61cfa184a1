//! What is usual: a pool, a blocking task for each call, one transaction a row.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use r2d2::{ManageConnection, Pool};
use rusqlite::{Connection, params};
use tokio::task::{LocalSet, spawn_blocking};

use crate::report::{Durability, Measured};
use crate::{ROWS, TASKS, WARM_UP, data, key, measured, row};

struct Manager {
    path: PathBuf,
    durability: Durability,
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", format!("{:?}", self.durability))?;
        Ok(connection)
    }

    fn is_valid(&self, _: &mut Connection) -> rusqlite::Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

fn pool(path: &Path, durability: Durability, connections: u32) -> Pool<Manager> {
    let manager = Manager {
        path: path.to_owned(),
        durability,
    };
    Pool::builder()
        .max_size(connections)
        .test_on_check_out(false)
        .build(manager)
        .expect("the directory is ours")
}

pub async fn saves(path: &Path, durability: Durability, connections: u32, span: Duration) -> Measured {
    let pool = pool(path, durability, connections);
    fill(&mut pool.get().expect("a connection")).expect("the file is ours");
    let (set, begin) = (LocalSet::new(), Instant::now());
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| set.spawn_local(save(pool.clone(), task, begin, span)))
        .collect();
    let mut latencies = Vec::new();
    set.run_until(async {
        for task in tasks {
            latencies.push(task.await.expect("saving succeeds"));
        }
    })
    .await;
    measured(latencies, span)
}

/// A table without an index on the expiry: this side is to be as fast as it can.
fn fill(connection: &mut Connection) -> rusqlite::Result<()> {
    let filling = connection.transaction()?;
    filling.execute_batch(
        "CREATE TABLE sessions (
            key BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expiry INTEGER NOT NULL, data BLOB NOT NULL
        ) WITHOUT ROWID",
    )?;
    for row in 0..ROWS {
        filling
            .prepare_cached("INSERT INTO sessions VALUES (?1, 0, ?2, ?3)")?
            .execute(params![key(row), i64::MAX, data(0)])?;
    }
    filling.commit()
}

async fn save(pool: Pool<Manager>, task: u32, begin: Instant, span: Duration) -> Vec<Duration> {
    let (mut latencies, mut versions) = (Vec::new(), vec![0u64; (ROWS / TASKS) as usize]);
    for save in 1.. {
        let row = row(task, save);
        let version = &mut versions[(row % (ROWS / TASKS)) as usize];
        let (expected, next, pool) = (*version, save, pool.clone());
        let started = Instant::now();
        let saved = spawn_blocking(move || {
            let connection = pool.get().expect("a connection");
            let mut update = connection.prepare_cached(
                "UPDATE sessions SET version = ?3, expiry = ?4, data = ?5 WHERE key = ?1 AND version = ?2",
            )?;
            update.execute(params![
                key(row),
                expected as i64,
                next as i64,
                i64::MAX - save as i64,
                data(save)
            ])
        });
        assert_eq!(saved.await.expect("no panic").expect("no error"), 1);
        *version = next;
        if begin.elapsed() > WARM_UP {
            latencies.push(started.elapsed());
        }
        if begin.elapsed() > WARM_UP + span {
            break;
        }
    }
    latencies
}

pub async fn reads(path: &Path, connections: u32, span: Duration) -> Measured {
    let pool = pool(path, Durability::Normal, connections);
    let (mut latencies, begin) = (Vec::new(), Instant::now());
    for save in 0.. {
        let (key, pool) = (key(row(save as u32 % TASKS, save)), pool.clone());
        let started = Instant::now();
        let data = spawn_blocking(move || {
            let connection = pool.get().expect("a connection");
            let mut find =
                connection.prepare_cached("SELECT version, expiry, data FROM sessions WHERE key = ?1")?;
            find.query_row(params![key], |row| row.get::<_, Vec<u8>>(2))
        });
        let data = data.await.expect("no panic").expect("a row");
        latencies.push(started.elapsed());
        assert_eq!(data.len(), 300);
        if begin.elapsed() > span {
            break;
        }
    }
    Measured::new(latencies, span)
}
