//! Saves of 32 tasks at once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use bench_harness::tasks::{TASKS, together};
use sessions_runtime::{Backend, Replace};

use crate::file;

pub(crate) async fn measure(path: &str, live: u64, durability: &str, lasts: Duration) {
    let fsync = bench_harness::fsync(Path::new(path).parent().expect("a directory"));
    file::warm(path);
    let datastore = file::open(path, durability)
        .manual_purge()
        .open()
        .expect("a file");
    // Of the rows that were saved here or before.
    let versions = RefCell::new(HashMap::new());
    let saves = together(TASKS, lasts, async move |task, save| {
        // A row of the task's own.
        let row = (file::mixed(save) % (live / u64::from(TASKS))) * u64::from(TASKS) + u64::from(task);
        let key = file::key(row, live);
        let mut expected = versions
            .borrow()
            .get(&row)
            .copied()
            .unwrap_or(file::first_version());
        loop {
            match datastore.replace(&key, expected, file::record(save)).await {
                Ok(Replace::Replaced(version)) => {
                    versions.borrow_mut().insert(row, version);
                    break;
                }
                // An earlier run has saved it.
                Ok(Replace::Conflict) => {
                    let record = datastore.load(&key).await.expect("a file that can be read");
                    expected = record.expect("a row").version;
                }
                other => panic!("{other:?}"),
            }
        }
    });
    saves.await.print(&[fsync]);
}
