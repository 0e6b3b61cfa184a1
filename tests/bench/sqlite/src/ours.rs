//! `Datastore`.

use std::path::Path;
use std::time::{Duration, Instant};

use sessions_runtime::{
    Backend, Create, Datastore, NewRecord, Replace, StoreKey, Synchronous, Timestamp, Version,
};
use tokio::task::LocalSet;

use crate::report::{Durability, Measured};
use crate::{ROWS, TASKS, WARM_UP, data, key, measured, row};

pub async fn saves(path: &Path, durability: Durability, span: Duration) -> Measured {
    let datastore = Datastore::builder(path).synchronous(match durability {
        Durability::Full => Synchronous::Full,
        Durability::Normal => Synchronous::Normal,
    });
    let datastore = datastore.open().expect("the directory is ours");
    let set = LocalSet::new();
    let mut tasks = Vec::new();
    for task in 0..TASKS {
        let datastore = datastore.clone();
        tasks.push(set.spawn_local(fill(datastore, task)));
    }
    let mut filled = Vec::new();
    set.run_until(async {
        for task in tasks {
            filled.push(task.await.expect("filling succeeds"));
        }
    })
    .await;
    let (begin, mut tasks, mut latencies) = (Instant::now(), Vec::new(), Vec::new());
    for (task, versions) in (0..).zip(filled) {
        tasks.push(set.spawn_local(save(datastore.clone(), task, versions, begin, span)));
    }
    set.run_until(async {
        for task in tasks {
            latencies.push(task.await.expect("saving succeeds"));
        }
    })
    .await;
    measured(latencies, span)
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
    sessions_runtime::Clock::system()
        .now()
        .after(Duration::from_secs(14 * 86_400))
}

async fn fill(datastore: Datastore, task: u32) -> Vec<Version> {
    let mut versions = Vec::new();
    for number in 0..ROWS / TASKS {
        let key = StoreKey::from_bytes(key(task * (ROWS / TASKS) + number));
        match datastore.create(&key, record(0)).await {
            Ok(Create::Created(version)) => versions.push(version),
            other => panic!("{other:?}"),
        }
    }
    versions
}

async fn save(
    datastore: Datastore,
    task: u32,
    mut versions: Vec<Version>,
    begin: Instant,
    span: Duration,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    for save in 1.. {
        let row = row(task, save);
        let version = &mut versions[(row % (ROWS / TASKS)) as usize];
        let started = Instant::now();
        match datastore
            .replace(&StoreKey::from_bytes(key(row)), *version, record(save))
            .await
        {
            Ok(Replace::Replaced(next)) => *version = next,
            other => panic!("{other:?}"),
        }
        if begin.elapsed() > WARM_UP {
            latencies.push(started.elapsed());
        }
        if begin.elapsed() > WARM_UP + span {
            break;
        }
    }
    latencies
}

pub async fn reads(path: &Path, span: Duration) -> Measured {
    let datastore = Datastore::open(path).expect("the file is ours");
    let (mut latencies, begin) = (Vec::new(), Instant::now());
    for save in 0.. {
        let key = StoreKey::from_bytes(key(row(save as u32 % TASKS, save)));
        let started = Instant::now();
        let record = datastore.load(&key).await.expect("the file is ours");
        latencies.push(started.elapsed());
        assert_eq!(record.expect("a row").data.len(), 300);
        if begin.elapsed() > span {
            break;
        }
    }
    Measured::new(latencies, span)
}
