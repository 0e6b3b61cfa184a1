//! Files whose bytes were changed by somebody else.

use sessions_runtime::{Backend, ErrorKind};

use super::kit::{assert_failed, by_hand, clock, create, datastore, key, record};
use crate::support::place::Place;

/// R9
#[actix_web::test]
async fn a_damaged_file_is_an_error_of_its_own() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let first = datastore(&path, &clock);
    for number in 0..200 {
        create(&first, &key(number), record([5; 500], &clock)).await;
    }
    drop(first);
    let mut bytes = std::fs::read(&path).unwrap();
    // The first page has the schema, and stays.
    bytes[4_096..].fill(0xaa);
    std::fs::write(&path, bytes).unwrap();
    let damaged = datastore(&path, &clock);
    assert_failed(
        damaged.load(&key(1)).await,
        ErrorKind::Backend,
        "is damaged: restore it",
    );
    assert_failed(
        damaged.create(&key(1_000), record("new", &clock)).await,
        ErrorKind::Backend,
        "is damaged: restore it",
    );
}

/// A row that no version of this program writes.
#[actix_web::test]
async fn a_row_of_other_types_is_an_error_and_shows_nothing() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    create(&datastore, &key(1), record("data", &clock)).await;
    by_hand(&path)
        .execute("UPDATE sessions SET data = 'a secret text'", [])
        .unwrap();
    let err = datastore.load(&key(1)).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Backend);
    assert!(!format!("{err:?}").contains("a secret text"), "{err:?}");
    // The connection that met it is not the worse for it.
    create(&datastore, &key(2), record("data", &clock)).await;
    assert!(datastore.load(&key(2)).await.unwrap().is_some());
}
