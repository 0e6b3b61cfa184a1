//! Saves and reads of `Datastore` beside one transaction a row from an r2d2 pool, in one run on one disk.
//!
//! `cargo run --release --manifest-path tests/bench/sqlite/Cargo.toml [seconds a measurement] [directory]`
//!
//! Both sides keep the same rows: a key of 32 random bytes, 300 bytes that change with every save. 32 tasks on one
//! thread, as one actix-web worker has them, save again and again, each a session of its own at a time. Ratios of one
//! run count; absolute figures are the disk's.

mod awake;
mod bare;
mod ours;
mod pooled;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::report::{Durability, Measured};

/// Sessions in the file.
const ROWS: u32 = 20_000;
/// Saves at the same time.
const TASKS: u32 = 32;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments
        .next()
        .map_or(5.0, |text| text.parse().expect("seconds, as a number"));
    let span = Duration::from_secs_f64(seconds);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = directory.join(format!("sessions-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("the directory can be written");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");

    let _awake = awake::Awake::begin();
    let fsync = bare::fsync(&directory, span / 2);
    println!(
        "bare fsync of 4 KiB: median {:.0} us, p99 {:.0} us\n",
        fsync.at(0.5),
        fsync.at(0.99)
    );
    for durability in [Durability::Full, Durability::Normal] {
        println!("## {durability:?}, {TASKS} tasks, {ROWS} rows\n");
        report::head();
        let ours = runtime.block_on(ours::saves(
            &directory.join(format!("ours-{durability:?}.db")),
            durability,
            span,
        ));
        report::row("Datastore", &ours, &ours, &fsync);
        for connections in [1, 4, 10] {
            let path = directory.join(format!("pooled-{durability:?}-{connections}.db"));
            let pooled = runtime.block_on(pooled::saves(&path, durability, connections, span));
            report::row(&format!("pool of {connections}"), &pooled, &ours, &fsync);
        }
        println!();
    }
    println!("## Reads, {ROWS} rows\n");
    let ours = runtime.block_on(ours::reads(&directory.join("ours-Normal.db"), span / 2));
    let pooled = runtime.block_on(pooled::reads(&directory.join("pooled-Normal-4.db"), 4, span / 2));
    report::reads("Datastore, on the worker", &ours, &ours);
    report::reads("pool of 4, handed over", &pooled, &ours);
    std::fs::remove_dir_all(directory).expect("the directory is ours");
}

/// The key of a row: spread over the tree as hashes are.
fn key(row: u32) -> [u8; 32] {
    let mut key = [0; 32];
    let mut state = u64::from(row) + 1;
    for chunk in key.chunks_exact_mut(8) {
        state = (state ^ (state >> 31))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(0x1234_5678_9abc_def1);
        chunk.copy_from_slice(&state.to_be_bytes());
    }
    key
}

/// 300 bytes, all of which depend on the number of the save: SQLite leaves out rows that do not change.
fn data(save: u64) -> Vec<u8> {
    save.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().repeat(38)[..300].to_vec()
}

/// The row that a task saves next: its own ones only, in an order that jumps.
fn row(task: u32, save: u64) -> u32 {
    let own = u64::from(ROWS / TASKS);
    task * (ROWS / TASKS) + u32::try_from(save.wrapping_mul(7_919) % own).expect("fewer than ROWS")
}

/// Until the log has grown to the size that it keeps.
const WARM_UP: Duration = Duration::from_secs(3);

/// What one task measured.
type Latencies = Vec<Duration>;

fn measured(latencies: Vec<Latencies>, span: Duration) -> Measured {
    Measured::new(latencies.into_iter().flatten().collect(), span)
}
