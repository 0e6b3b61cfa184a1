//! What `open` accepts, and what it refuses with a cure.

use rusqlite::Connection;
use sessions_runtime::{Datastore, ErrorKind};

use super::kit::{
    SHORT, assert_failed, builder, by_hand, clock, create, datastore, key, load, number, record,
};
use crate::support::place::Place;
use crate::support::read_only::ReadOnly;

/// R9
#[test]
fn a_missing_directory_is_named() {
    let place = Place::new();
    let missing = place.file("nowhere");
    let opened = Datastore::open(missing.join("sessions.db"));
    assert_failed(opened, ErrorKind::Configuration, &missing.display().to_string());
    assert!(!missing.exists(), "directories are the operator's");
}

/// R9
#[test]
fn a_directory_is_no_database() {
    let place = Place::new();
    assert_failed(
        Datastore::open(place.path()),
        ErrorKind::Configuration,
        "add a file name",
    );
}

/// R9
#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::new();
    let path = place.file("letter.txt");
    let letter = "Dear Ann, this is no database, though it is long enough to be one. ".repeat(100);
    std::fs::write(&path, &letter).unwrap();
    assert_failed(
        Datastore::open(&path),
        ErrorKind::Configuration,
        "is no SQLite database",
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

/// R9
#[test]
fn another_programs_database_is_refused_and_left_alone() {
    let place = Place::new();
    let path = place.file("theirs.db");
    by_hand(&path)
        .execute_batch("CREATE TABLE sessions (theirs)")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_failed(
        Datastore::open(&path),
        ErrorKind::Configuration,
        "a path of its own",
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn the_schema_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::new();
    let path = place.file("sessions.db");
    drop(Datastore::open(&path).unwrap());
    let version = number(&by_hand(&path), "PRAGMA user_version");
    by_hand(&path)
        .pragma_update(None, "user_version", version + 1)
        .unwrap();
    assert_failed(
        Datastore::open(&path),
        ErrorKind::Configuration,
        "run the newer program",
    );
    assert_eq!(number(&by_hand(&path), "PRAGMA user_version"), version + 1);
}

/// R9
#[test]
fn a_file_that_may_not_be_written_is_refused() {
    let place = Place::new();
    let path = place.file("sessions.db");
    drop(Datastore::open(&path).unwrap());
    let guard = ReadOnly::make(&path);
    assert_failed(Datastore::open(&path), ErrorKind::Unavailable, "read-only");
    drop(guard);
    Datastore::open(&path).unwrap();
}

/// R8
#[test]
fn a_file_that_stays_locked_is_busy() {
    let place = Place::new();
    let path = place.file("sessions.db");
    drop(Datastore::open(&path).unwrap());
    let holder = by_hand(&path);
    holder
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version")
        .unwrap();
    assert_failed(
        builder(&path, &clock()).busy_timeout(SHORT).open(),
        ErrorKind::Busy,
        "`busy_timeout`",
    );
    drop(holder);
    Datastore::open(&path).unwrap();
}

#[test]
#[cfg(unix)]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let path = place.file("sessions.db");
    let _datastore = Datastore::open(&path).unwrap();
    for file in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
        let mode = std::fs::metadata(place.file(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

/// A path that SQLite would read as a URI, and one that changes its meaning with the present directory.
#[actix_web::test]
async fn a_path_is_a_path() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("file:sessions.db?mode=memory");
    let first = datastore(&path, &clock);
    create(&first, &key(1), record("data", &clock)).await;
    drop(first);
    assert!(path.exists());
    assert!(load(&datastore(&path, &clock), &key(1)).await.is_some());
}

/// Where a link leads is where the log lies.
#[actix_web::test]
#[cfg(unix)]
async fn a_link_is_followed() {
    let (place, clock) = (Place::new(), clock());
    std::fs::create_dir(place.file("data")).unwrap();
    let (link, file) = (place.file("link.db"), place.file("data/sessions.db"));
    drop(Datastore::open(&file).unwrap());
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let linked = datastore(&link, &clock);
    create(&linked, &key(1), record("data", &clock)).await;
    assert!(load(&datastore(&file, &clock), &key(1)).await.is_some());
}

/// Somebody has changed how the file is kept.
#[actix_web::test]
async fn a_file_without_a_log_gets_one_again() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    drop(Datastore::open(&path).unwrap());
    by_hand(&path)
        .execute_batch("PRAGMA journal_mode = DELETE")
        .unwrap();
    let again = datastore(&path, &clock);
    create(&again, &key(1), record("data", &clock)).await;
    let mode: String = Connection::open(&path)
        .and_then(|connection| connection.pragma_query_value(None, "journal_mode", |row| row.get(0)))
        .unwrap();
    assert_eq!(mode, "wal");
}
