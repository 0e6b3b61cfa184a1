//! The file: how it is filled, and which rows are where.

use std::process::Command;
use std::time::Instant;

use bench_harness::rows::data;
use rusqlite::{Connection, params};
use sessions_runtime::{
    Clock, Datastore, DatastoreBuilder, NewRecord, StoreKey, Synchronous, Timestamp, Version,
};

/// The version of every row before it is saved first.
const FIRST: u64 = 1;

/// How long a session lives that nobody uses, in seconds.
const IDLE: u64 = 14 * 86_400;

/// The hours in which expired rows have ended.
const HOURS: u64 = 14 * 24;

/// A file of `live` rows, and between them `expired` ones, spread evenly.
///
/// Not through the backend: that commits 256 rows at a time and would take minutes for ten million. Its own schema, by
/// itself, then rows in the order of their keys, so that each page is written once.
pub(crate) fn fill(file: &str, live: u64, expired: u64) {
    let begin = Instant::now();
    drop(
        open(file, "normal")
            .manual_purge()
            .open()
            .expect("a writable file"),
    );
    let mut connection = Connection::open(file).expect("the file just made");
    connection
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000")
        .expect("a file that nobody else has open");
    rows(&mut connection, live, expired).expect("a new file");
    connection
        .execute_batch("PRAGMA journal_mode = WAL")
        .expect("a file that nobody else has open");
    drop(connection);
    let opened = std::fs::File::open(file).expect("the file");
    opened.sync_all().expect("a disk that syncs");
    let bytes = opened.metadata().expect("the file").len();
    bench_harness::numbers::print(&[
        &format_args!("{:.1}", begin.elapsed().as_secs_f64()),
        &format_args!("{}", bytes / 1_000_000),
    ]);
}

fn rows(connection: &mut Connection, live: u64, expired: u64) -> rusqlite::Result<()> {
    let now = Clock::system().now().unix();
    let filling = connection.transaction()?;
    {
        let mut insert = filling.prepare(
            "INSERT INTO sessions (key, version, expiry, bucket, data) VALUES (?1, ?2, ?3, ?3 / 3600, ?4)",
        )?;
        let mut row = |key: &StoreKey, expiry: u64, number: u64| {
            let [version, expiry] =
                [FIRST, expiry].map(|number| i64::try_from(number).expect("far below 2^63"));
            insert.execute(params![key.as_bytes(), version, expiry, data(number).as_bytes()])
        };
        let (mut ended, all) = (0, live + expired);
        for number in 0..live {
            row(&key(number, live), now + IDLE - mixed(number) % 3_600, number)?;
            // After each live row, its part of the expired ones.
            while ended < expired && ended * live < (number + 1) * expired {
                let expiry = now - 3_600 * (2 + mixed(ended) % HOURS);
                row(
                    &StoreKey::from_bytes(spread(number, live, 1 + ended)),
                    expiry,
                    all + ended,
                )?;
                ended += 1;
            }
        }
    }
    filling.commit()
}

/// The key of a live row. They lie as evenly as hashes do, in the order of their numbers.
pub(crate) fn key(row: u64, of: u64) -> StoreKey {
    StoreKey::from_bytes(spread(row, of, 0))
}

/// A key in this part of the tree; of one part, in the order of `next`.
fn spread(part: u64, of: u64, next: u64) -> [u8; 32] {
    let begin = (u128::from(part) << 64) / u128::from(of);
    let mut key = [0; 32];
    let words = [
        u64::try_from(begin).expect("a part of 2^64"),
        next,
        mixed(part),
        mixed(next + 7),
    ];
    for (chunk, word) in key.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    key
}

/// Another number for each: jumps about.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut state = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

pub(crate) fn open(file: &str, durability: &str) -> DatastoreBuilder {
    Datastore::builder(file).synchronous(match durability {
        "full" => Synchronous::Full,
        "normal" => Synchronous::Normal,
        _ => panic!("`full` or `normal`"),
    })
}

/// What a save writes: other bytes each time.
pub(crate) fn record(save: u64) -> NewRecord {
    NewRecord {
        data: data(save).into(),
        expiry: Timestamp::from_unix(Clock::system().now().unix() + IDLE),
        principal: None,
    }
}

pub(crate) fn first_version() -> Version {
    Version::new(FIRST)
}

/// Has the system forget what it holds of the file in memory. `dd` can tell it so, and asks for no rights.
pub(crate) fn forget(file: &str) {
    let told = Command::new("dd")
        .args([
            &format!("of={file}"),
            "oflag=nocache",
            "conv=notrunc,fdatasync",
            "count=0",
            "status=none",
        ])
        .status();
    assert!(told.expect("`dd` is part of the system").success(), "dd failed");
}

/// Has the system read all of the file into memory.
pub(crate) fn warm(file: &str) {
    let mut file = std::fs::File::open(file).expect("the file");
    std::io::copy(&mut file, &mut std::io::sink()).expect("a file that can be read");
}
