//! Loads, one after the other.

use std::time::{Duration, Instant};

use bench_harness::numbers::{self, median, quantile};
use bench_harness::tasks::together;
use sessions_runtime::{Backend, Datastore};

use crate::file;

/// How many loads are made of what is not in memory: fewer of a small file, so that it does not get there by them.
fn cold(live: u64) -> u64 {
    (live / 100).clamp(20, 1_000)
}

pub(crate) async fn measure(path: &str, live: u64, lasts: Duration) {
    file::forget(path);
    let datastore = file::open(path, "normal").manual_purge().open().expect("a file");
    // It opens the worker's connection.
    let first = load(&datastore, 0, live).await;
    let (mut times, read) = (Vec::new(), bytes_read());
    for number in 1..=cold(live) {
        times.push(load(&datastore, file::mixed(number) % live, live).await);
    }
    let loads = u32::try_from(times.len()).expect("a small number");
    let kib = (bytes_read() - read) / 1024.0 / f64::from(loads);
    numbers::print(&[
        &format_args!("{first:.1}"),
        &format_args!("{:.1}", median(&mut times)),
        &format_args!("{:.1}", quantile(&mut times, 0.99)),
        &format_args!("{kib:.1}"),
    ]);
    file::warm(path);
    let loads = together(1, lasts, async move |_, number| {
        load(&datastore, file::mixed(number) % live, live).await;
    });
    loads.await.print(&[]);
}

/// Microseconds.
async fn load(datastore: &Datastore, row: u64, live: u64) -> f64 {
    let begin = Instant::now();
    let record = datastore.load(&file::key(row, live)).await;
    let took = begin.elapsed().as_secs_f64() * 1e6;
    assert_eq!(
        record
            .expect("a file that can be read")
            .expect("a row")
            .data
            .len(),
        300
    );
    took
}

/// What this process has had the disk read so far.
fn bytes_read() -> f64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let count = counts.lines().find_map(|line| line.strip_prefix("read_bytes: "));
    count.and_then(|count| count.parse().ok()).unwrap_or(f64::NAN)
}
