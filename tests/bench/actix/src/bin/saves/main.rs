//! Saves and reads of SQLite: sessions-runtime's backend, and what is usual, one transaction a row from a pool.
//!
//! `saves CONTENDER full|normal SECONDS` has 32 tasks save 20,000 rows of 300 bytes that change, and prints how many
//! saves a second, their median, 99th percentile and longest in microseconds, and the median of a bare fsync in the same
//! directory just before. Then one task reads them for a second: how many a second, and the same three.
//!
//! The file is the one that `DATASTORE_FILE` names, new each time; CONTENDER is `datastore`, or `pool-N`, N connections.

mod ours;
mod pool;

use std::path::Path;
use std::time::Duration;

/// How long the reads last.
const READS: Duration = Duration::from_secs(1);

#[actix_web::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [contender, durability, seconds] = &arguments[..] else {
        panic!("usage: CONTENDER full|normal SECONDS")
    };
    let lasts = Duration::from_secs_f64(seconds.parse().expect("a number of seconds"));
    let file = std::env::var("DATASTORE_FILE").expect("DATASTORE_FILE is not set; `tests/bench/run` sets it");
    let fsync = bench_harness::fsync(Path::new(&file).parent().expect("a directory"));
    let (saves, reads) = if contender == "datastore" {
        ours::measure(&file, durability, lasts).await
    } else {
        let connections = contender
            .strip_prefix("pool-")
            .and_then(|count| count.parse().ok());
        pool::measure(
            &file,
            durability,
            connections.expect("`datastore` or `pool-N`"),
            lasts,
        )
        .await
    };
    saves.print(&[fsync]);
    reads.print(&[]);
}
