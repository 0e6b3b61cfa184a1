//! Which way SQLite finds what it is asked for, and what a save does to it.

use std::time::Duration;

use rusqlite::Connection;
use sessions_runtime::{Backend, NewRecord, Replace};

use super::kit::{by_hand, clock, create, datastore, key, record};
use crate::support::place::Place;

fn plan(connection: &Connection, sql: &str) -> String {
    let mut steps = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = steps.query_map([], |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

/// S13
#[actix_web::test]
async fn a_principals_sessions_are_found_by_an_index() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    let of = |principal: &str| NewRecord {
        principal: Some(principal.to_owned()),
        ..record("data", &clock)
    };
    for number in 0..20 {
        create(
            &datastore,
            &key(number),
            of(if number < 3 { "ann" } else { "ben" }),
        )
        .await;
    }
    let mut keys = datastore.keys_of("ann").await.unwrap();
    keys.sort_unstable();
    let mut expected: Vec<_> = (0..3).map(key).collect();
    expected.sort_unstable();
    assert_eq!(keys, expected);
    let plan = plan(
        &by_hand(&path),
        "SELECT key FROM sessions WHERE principal = 'ann' AND expiry >= 5",
    );
    assert!(
        plan.contains("USING INDEX sessions_by_principal")
            || plan.contains("COVERING INDEX sessions_by_principal"),
        "{plan}"
    );
}

/// S55, V25
#[actix_web::test]
async fn a_principal_is_never_read_as_sql() {
    let (place, clock) = (Place::new(), clock());
    let datastore = datastore(&place.file("sessions.db"), &clock);
    let hostile = [
        "' OR 1=1 --",
        "'; DROP TABLE sessions; --",
        "%",
        "_",
        "\"",
        "\0",
        "NULL",
        "",
    ];
    for (principal, number) in hostile.iter().zip(0..) {
        let record = NewRecord {
            principal: Some((*principal).to_owned()),
            ..record(*principal, &clock)
        };
        create(&datastore, &key(number), record).await;
    }
    for (principal, number) in hostile.iter().zip(0..) {
        assert_eq!(
            datastore.keys_of(principal).await.unwrap(),
            [key(number)],
            "{principal:?}"
        );
        assert_eq!(
            datastore
                .load(&key(number))
                .await
                .unwrap()
                .unwrap()
                .principal
                .as_deref(),
            Some(*principal)
        );
    }
}

/// An active session writes no index: its hour is the same for an hour, though its end moves with each save.
#[actix_web::test]
async fn the_end_of_a_session_moves_within_its_hour() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    clock.set(sessions_runtime::Timestamp::from_unix(1_800_000_000));
    let mut version = create(&datastore, &key(1), record("0", &clock)).await;
    let connection = by_hand(&path);
    let mut hours = std::collections::BTreeSet::new();
    for save in 0..240 {
        clock.advance(Duration::from_secs(30));
        match datastore
            .replace(&key(1), version, record(save.to_string(), &clock))
            .await
            .unwrap()
        {
            Replace::Replaced(next) => version = next,
            other => panic!("{other:?}"),
        }
        let (hour, expiry): (i64, i64) = connection
            .query_row("SELECT bucket, expiry FROM sessions", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(hour, expiry / 3_600);
        hours.insert(hour);
    }
    assert_eq!(hours.len(), 3, "two hours of saves touch three");
    let plan = plan(&connection, "SELECT key FROM sessions WHERE bucket < 5 LIMIT 200");
    assert!(plan.contains("COVERING INDEX sessions_by_bucket"), "{plan}");
}
