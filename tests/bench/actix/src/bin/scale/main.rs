//! What the number of rows costs sessions-runtime's SQLite backend, and what a purge of many costs those who use it.
//!
//! The file is the one that `DATASTORE_FILE` names. Each command is a process of its own, so that its connections and
//! their caches are new:
//!
//! - `scale fill LIVE EXPIRED` makes a file with so many rows, and prints the seconds it took and the file's megabytes;
//! - `scale loads LIVE SECONDS` prints, of loads one after the other: the first one of all, then median and 99th
//!   percentile of rows that neither SQLite nor the system has in memory, and how many KiB the disk was read for each;
//!   then, with the file in the system's memory, loads a second, their median, 99th percentile and longest;
//! - `scale saves LIVE full|normal SECONDS` has 32 tasks save, and prints saves a second, their median, 99th percentile
//!   and longest, and the median of a bare fsync just before;
//! - `scale purge LIVE requests|tasks full|normal SECONDS` has visitors load and save live rows, in turns of so many
//!   seconds without and with a purge of the expired ones, two dozen turns or until none is left, and prints the seconds
//!   that purging took and how many rows it left; then a line without and a line with it: how many requests, then the
//!   median, 99th percentile and longest of loads, and the same of saves.
//!
//! Times are microseconds.

mod file;
mod loads;
mod purge;
mod saves;

use std::time::Duration;

#[actix_web::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let file = std::env::var("DATASTORE_FILE").expect("DATASTORE_FILE is not set; `tests/bench/run` sets it");
    match words[..] {
        ["fill", live, expired] => file::fill(&file, number(live), number(expired)),
        ["loads", live, seconds] => loads::measure(&file, number(live), span(seconds)).await,
        ["saves", live, durability, seconds] => {
            saves::measure(&file, number(live), durability, span(seconds)).await;
        }
        ["purge", live, traffic, durability, seconds] => {
            purge::measure(&file, number(live), traffic, durability, span(seconds)).await;
        }
        _ => panic!(
            "usage: fill LIVE EXPIRED | loads LIVE SECONDS | saves LIVE full|normal SECONDS | \
             purge LIVE requests|tasks full|normal SECONDS"
        ),
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number of rows")
}

fn span(word: &str) -> Duration {
    Duration::from_secs_f64(word.parse().expect("a number of seconds"))
}
