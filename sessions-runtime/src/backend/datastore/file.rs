//! Opening the file, as the writer and as the readers need it.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::failure::{Failure, Result};
use super::schema;
use super::settings::{Settings, Synchronous};

/// Pages in the log at which SQLite itself makes a checkpoint amid a commit: far above the writer's own limits, whose
/// checkpoints are made between commits.
const LAST_RESORT: i64 = 65_536;

/// What the writer keeps of the file in memory, in KiB: a save reads its page before it changes it. Measured beside
/// SQLite's own 2,000, it takes a tenth to a fifth off a save. Readers keep that, and have no `mmap_size`: it would end
/// the process where somebody shortens the file.
const CACHE: i64 = 16_000;

/// How long one who finds the file locked waits, where SQLite does not wait by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Opens the file for the one who writes, and brings its schema up to date; makes it where there is none.
pub(super) fn for_writing(settings: &Settings) -> Result<Connection> {
    check_place(&settings.path)?;
    make_private(&settings.path);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&settings.path, flags)?;
    connection.busy_timeout(settings.busy_timeout)?;
    // SQLite opens a file that it may not write without a word, and fails at the first write.
    if connection.is_readonly("main")? {
        return Err(Failure::read_only());
    }
    schema::prepare(&mut connection, |connection| {
        write_ahead(connection, settings.busy_timeout)
    })?;
    synchronise(&connection, settings.synchronous)?;
    connection.pragma_update(None, "wal_autocheckpoint", LAST_RESORT)?;
    // Negative, because it counts KiB and not pages.
    connection.pragma_update(None, "cache_size", -CACHE)?;
    // What ended is overwritten, where that costs no further page.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    if let Some(bytes) = settings.max_size {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        // 0 would ask for the present limit instead of setting one.
        let pages = (i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1)).max(1);
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    // A first read, so that the log is there as well.
    connection.pragma_query_value(None, "user_version", |_| Ok(()))?;
    Ok(connection)
}

/// Says whether commits wait for the disk.
pub(super) fn synchronise(connection: &Connection, synchronous: Synchronous) -> Result<()> {
    let synchronous = match synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    Ok(connection.pragma_update(None, "synchronous", synchronous)?)
}

/// Opens the file for one who only reads.
pub(super) fn for_reading(settings: &Settings) -> Result<Connection> {
    // Not read-only in SQLite's sense: whoever comes first has to put the log's index in order.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&settings.path, flags)?;
    connection.busy_timeout(settings.busy_timeout)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Says what is wrong with the path better than SQLite can, which only says that the file cannot be opened.
fn check_place(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Failure::configuration(
            "the path of the session database is a directory: add a file name",
        ));
    }
    match path.parent() {
        Some(directory) if !directory.is_dir() => Err(Failure::configuration(format!(
            "the session database has no directory to lie in: create the directory {}, or give another path",
            directory.display(),
        ))),
        _ => Ok(()),
    }
}

/// Makes the file, where there is none, for its owner only: it holds what sessions hold. SQLite gives the files beside
/// it the same rights.
fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // It is there already, or SQLite will say why it cannot be made.
    drop(options.open(path));
}

/// Switches to a write-ahead log, which readers and the writer need to work at the same time.
fn write_ahead(connection: &Connection, wait: Duration) -> Result<()> {
    let end = Instant::now() + wait;
    loop {
        // Of several that switch at once, SQLite refuses all but one without waiting.
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode.map_err(Failure::from) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => {
                return Err(Failure::configuration(
                    "the file system of the session database cannot keep a write-ahead log: use one of this machine, \
                     not of the network",
                ));
            }
            Err(failure) if failure.is_busy() && Instant::now() < end => std::thread::sleep(LOOK_AGAIN),
            Err(failure) => return Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::datastore::Datastore;

    fn number(connection: &Connection, pragma: &str) -> i64 {
        connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn settings_arrive_at_sqlite() {
        let directory = std::env::temp_dir().join(format!("sessions-file-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let builder =
            Datastore::builder(directory.join("sessions.db")).busy_timeout(Duration::from_millis(70));
        for (synchronous, stored) in [(Synchronous::Full, 2), (Synchronous::Normal, 1)] {
            let builder = builder.clone().synchronous(synchronous).max_size(1_000_000);
            let writer = for_writing(&builder.settled().unwrap()).unwrap();
            assert_eq!(number(&writer, "synchronous"), stored);
            assert_eq!(number(&writer, "max_page_count"), 1_000_000 / 4_096);
            assert_eq!(number(&writer, "busy_timeout"), 70);
        }
        let reader = for_reading(&builder.settled().unwrap()).unwrap();
        assert_eq!(
            (number(&reader, "query_only"), number(&reader, "busy_timeout")),
            (1, 70)
        );
        std::fs::remove_dir_all(directory).unwrap();
    }
}
