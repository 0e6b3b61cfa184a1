//! Saves and reads of SQLite by tower-sessions-sqlx-store.
//!
//! `tower-saves full|normal SECONDS` does what `saves` does for its contenders.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use bench_harness::rows::{ROWS, data, key, next};
use bench_harness::tasks::{TASKS, together};
use bench_tower::{Synchronous, pool};
use time::OffsetDateTime;
use tokio::task::LocalSet;
use tower_sessions_of_the_store::SessionStore;
use tower_sessions_of_the_store::session::{Id, Record};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    LocalSet::new().run_until(measure()).await;
}

async fn measure() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [durability, seconds] = &arguments[..] else {
        panic!("usage: full|normal SECONDS")
    };
    let lasts = Duration::from_secs_f64(seconds.parse().expect("a number of seconds"));
    let file = std::env::var("DATASTORE_FILE").expect("DATASTORE_FILE is not set; `tests/bench/run` sets it");
    let fsync = bench_harness::fsync(Path::new(&file).parent().expect("a directory"));

    let filling = pool(Synchronous::Off).await;
    for row in 0..ROWS {
        filling
            .save(&record(row, u64::MAX - 1))
            .await
            .expect("a new file");
    }
    drop(filling);
    let store = pool(match durability.as_str() {
        "full" => Synchronous::Full,
        "normal" => Synchronous::Normal,
        _ => panic!("`full` or `normal`"),
    });
    let store = store.await;
    let saving = store.clone();
    let saves = together(TASKS, lasts, async move |task, save| {
        saving
            .save(&record(next(task, save), save))
            .await
            .expect("a save");
    });
    saves.await.print(&[fsync]);
    let reads = together(1, Duration::from_secs(1), async move |_, read| {
        let row = next(u32::try_from(read % u64::from(TASKS)).expect("a task"), read);
        assert!(
            store
                .load(&id(row))
                .await
                .expect("a file that can be read")
                .is_some()
        );
    });
    reads.await.print(&[]);
}

fn id(row: u32) -> Id {
    Id(i128::from_be_bytes(key(row)[..16].try_into().expect("16 bytes")))
}

fn record(row: u32, save: u64) -> Record {
    let in_two_weeks = OffsetDateTime::now_utc() + time::Duration::weeks(2);
    Record {
        id: id(row),
        data: HashMap::from([("value".to_owned(), data(save).into())]),
        expiry_date: in_two_weeks,
    }
}
