//! The backend `Datastore` of sessions-runtime.

use std::cell::RefCell;
use std::time::Duration;

use bench_harness::rows::{ROWS, data, key, next};
use bench_harness::tasks::{Outcome, TASKS, together};
use sessions_runtime::{
    Backend, Clock, Create, Datastore, NewRecord, Replace, StoreKey, Synchronous, Timestamp, Version,
};

pub(crate) async fn measure(file: &str, durability: &str, lasts: Duration) -> (Outcome, Outcome) {
    let datastore = Datastore::builder(file).synchronous(match durability {
        "full" => Synchronous::Full,
        "normal" => Synchronous::Normal,
        _ => panic!("`full` or `normal`"),
    });
    let datastore = datastore.open().expect("a writable file");
    let versions = RefCell::new(fill(&datastore).await);
    let saving = datastore.clone();
    let saves = together(TASKS, lasts, async move |task, save| {
        let row = next(task, save);
        let expected = versions.borrow()[row as usize];
        match saving
            .replace(&StoreKey::from_bytes(key(row)), expected, record(save))
            .await
        {
            Ok(Replace::Replaced(version)) => versions.borrow_mut()[row as usize] = version,
            other => panic!("{other:?}"),
        }
    });
    let saves = saves.await;
    let reads = together(1, crate::READS, async move |_, read| {
        let row = next(u32::try_from(read % u64::from(TASKS)).expect("a task"), read);
        let record = datastore
            .load(&StoreKey::from_bytes(key(row)))
            .await
            .expect("a file that can be read");
        assert_eq!(record.expect("a row").data.len(), 300);
    });
    (saves, reads.await)
}

async fn fill(datastore: &Datastore) -> Vec<Version> {
    // A batch at a time, so that the writer commits them together.
    let mut versions = Vec::new();
    for batch in 0..ROWS / 100 {
        let tasks: Vec<_> = (batch * 100..(batch + 1) * 100)
            .map(|row| {
                let datastore = datastore.clone();
                tokio::task::spawn_local(async move {
                    match datastore
                        .create(&StoreKey::from_bytes(key(row)), record(u64::MAX - 1))
                        .await
                    {
                        Ok(Create::Created(version)) => version,
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        for task in tasks {
            versions.push(task.await.expect("a new row"));
        }
    }
    versions
}

fn record(save: u64) -> NewRecord {
    NewRecord {
        data: data(save).into(),
        expiry: in_two_weeks(),
        principal: None,
    }
}

/// As a save of a session with an idle time of two weeks sets it: another one each second.
fn in_two_weeks() -> Timestamp {
    Clock::system().now().after(Duration::from_secs(14 * 86_400))
}
