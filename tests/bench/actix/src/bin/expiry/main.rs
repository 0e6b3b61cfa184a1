//! What it costs a save that its row expires, by how SQLite keeps the expiry. SQLite alone, one thread, so that nothing
//! else is in the figures.
//!
//! `expiry VARIANT full|normal CHECKPOINT` saves 60,000 times, 32 rows a transaction, rows of 300 bytes that change, and
//! prints how many saves a second. A checkpoint is made when the log has that many pages. The file is the one that
//! `DATASTORE_FILE` names, new each time.

mod variants;

use std::time::Instant;

use bench_harness::numbers;
use bench_harness::rows::data;
use rusqlite::Connection;

use self::variants::Variant;

/// How many sessions there are.
const ROWS: u64 = 100_000;
/// How many are saved.
const SAVES: u64 = 60_000;
/// How many are saved together: as the writer of the backend commits those of 32 tasks.
const TOGETHER: u64 = 32;
/// How long a session lives that nobody uses, in seconds.
const IDLE: u64 = 14 * 86_400;
/// How often each session is saved in an hour: the clock of this measurement goes so fast.
const AN_HOUR: u64 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [variant, durability, checkpoint] = &arguments[..] else {
        panic!("usage: VARIANT full|normal CHECKPOINT")
    };
    let file = std::env::var("DATASTORE_FILE").expect("DATASTORE_FILE is not set; `tests/bench/run` sets it");
    let connection = Connection::open(file).expect("a writable file");
    let speed = saves(
        &connection,
        &Variant::named(variant),
        durability,
        checkpoint.parse().expect("a number of pages"),
    );
    numbers::print(&[&format_args!("{:.0}", speed.expect("a database that works"))]);
}

fn saves(
    connection: &Connection,
    variant: &Variant,
    durability: &str,
    checkpoint: i64,
) -> rusqlite::Result<f64> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.execute_batch(variant.schema)?;
    connection.execute_batch("BEGIN")?;
    for row in 0..ROWS {
        // In the order of the keys. One in as many as an hour has saves was saved before the hour began, so that this part
        // of the saves moves a row into another hour, as in the mean of a day.
        let before = mixed(!row).is_multiple_of(AN_HOUR);
        let expiry = IDLE + if before { 0 } else { 3_600 } + mixed(row) % 360;
        variant.save(connection, true, &key(row), expiry, &data(row))?;
    }
    connection.execute_batch("COMMIT")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", durability)?;
    connection.pragma_update(None, "wal_autocheckpoint", checkpoint)?;

    let begin = Instant::now();
    for first in (0..SAVES).step_by(usize::try_from(TOGETHER).expect("a small number")) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for save in first..(first + TOGETHER).min(SAVES) {
            let expiry = IDLE + 3_960 + save * 3_600 / (ROWS * AN_HOUR);
            let row = mixed(save) % ROWS;
            assert_eq!(
                variant.save(connection, false, &key(row), expiry, &data(ROWS + save))?,
                1
            );
        }
        connection.execute_batch("COMMIT")?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    Ok(SAVES as f64 / begin.elapsed().as_secs_f64())
}

/// Spread over the tree as hashes are, in the order of their numbers.
fn key(row: u64) -> [u8; 32] {
    let mut key = [0; 32];
    let begin = row * (u64::MAX / ROWS);
    for (chunk, word) in key.chunks_exact_mut(8).zip([begin, mixed(row), mixed(!row), row]) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    key
}

/// Another number for each: jumps about.
fn mixed(number: u64) -> u64 {
    let mut state = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
