//! Lives as memcached counts them.

use std::time::Duration;

use actix_web::rt::time::sleep;
use sessions_runtime::{Backend, Clock, Memcache, NewRecord, Replace, Timestamp, Touch};

use super::console::Console;
use super::puppet::Puppet;
use super::{after, connect_to, create, key, load, memcached, record};

const DAY: u64 = 86_400;

/// The seconds that the server gives an item.
fn left(console: &mut Console, number: u8) -> u64 {
    let name = format!("sessions:{}", key(number).to_text());
    let (flags, _) = console.item(&name, "t").expect("an item");
    flags
        .strip_prefix('t')
        .and_then(|left| left.parse().ok())
        .expect("an end")
}

/// R13
/// More than 30 days are a date to memcached: read as one in 1970, the record would be gone at once.
#[actix_web::test]
async fn lives_of_31_and_of_400_days_have_their_length() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    let mut console = Console::new(&server.address());
    for days in [1, 29, 30, 31, 400] {
        let (expiry, name) = (after(days * DAY), u8::try_from(days % 256).expect("below 256"));
        let near = |left: u64| (days * DAY..=days * DAY + 3).contains(&left);
        let new = NewRecord {
            expiry,
            ..record("long")
        };
        let version = create(&backend, &key(name), new.clone()).await;
        assert!(
            near(left(&mut console, name)),
            "{days}: {}",
            left(&mut console, name)
        );
        let replaced = backend
            .replace(&key(name), version, new)
            .await
            .expect("the server answers");
        assert!(matches!(replaced, Replace::Replaced(_)));
        assert!(
            near(left(&mut console, name)),
            "{days}: {}",
            left(&mut console, name)
        );
        assert_eq!(backend.touch(&key(name), after(60)).await.ok(), Some(Touch::Done));
        assert!((60..=63).contains(&left(&mut console, name)));
        assert_eq!(backend.touch(&key(name), expiry).await.ok(), Some(Touch::Done));
        assert!(
            near(left(&mut console, name)),
            "{days}: {}",
            left(&mut console, name)
        );
        let loaded = load(&backend, &key(name)).await.expect("a record");
        let apart = loaded.expiry.since(expiry).max(expiry.since(loaded.expiry));
        assert!(apart <= Duration::from_secs(1), "{days}: {apart:?}");
    }
}

/// C4
#[actix_web::test]
async fn a_touch_leaves_data_and_version_and_is_no_write() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    let version = create(&backend, &key(1), record("kept")).await;
    for seconds in [60, 31 * DAY, 3_600] {
        assert_eq!(
            backend.touch(&key(1), after(seconds)).await.ok(),
            Some(Touch::Done)
        );
        let touched = load(&backend, &key(1)).await.expect("a record");
        assert_eq!((touched.data, touched.version), ("kept".into(), version));
    }
    let stats = Console::new(&server.address()).stats();
    assert_eq!((stats["cmd_set"], stats["cmd_touch"]), (1, 3));
}

/// S14
/// By real time, because memcached counts by itself: records that begin at many points of a second.
#[actix_web::test]
async fn a_record_never_ends_early_and_less_than_two_seconds_late() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    let mut expiries = Vec::new();
    for number in 0..20 {
        let expiry = after(1);
        create(
            &backend,
            &key(number),
            NewRecord {
                expiry,
                ..record("short")
            },
        )
        .await;
        expiries.push((key(number), expiry));
        sleep(Duration::from_millis(55)).await;
    }
    while !expiries.is_empty() {
        let mut living = Vec::new();
        for (key, expiry) in expiries {
            let before = Clock::system().now();
            if load(&backend, &key).await.is_some() {
                assert!(before <= expiry.after(Duration::from_secs(2)), "two seconds late");
                living.push((key, expiry));
            } else {
                assert!(Clock::system().now() > expiry, "early");
            }
        }
        expiries = living;
        sleep(Duration::from_millis(20)).await;
    }
}

/// R13, R16
/// The clock of this server is years ahead: its dates go by it all the same.
#[actix_web::test]
async fn a_server_whose_clock_is_wrong_is_told_its_own_dates() {
    let there = 1_900_000_000;
    let puppet = Puppet::new(
        &format!("VERSION 1.6.18\r\nSTAT time {there}\r\nEND\r\nEND\r\n"),
        "HD c1 {O}\r\n",
    );
    let backend = connect_to(puppet.address());
    for (seconds, expected) in [(60, 62), (31 * DAY, there + 31 * DAY + 2)] {
        assert_eq!(backend.touch(&key(1), after(1)).await.ok(), Some(Touch::Done));
        assert_eq!(
            backend.touch(&key(1), after(seconds)).await.ok(),
            Some(Touch::Done)
        );
        let heard = puppet.heard().pop().expect("a command");
        let life = heard
            .split(' ')
            .find_map(|word| word.strip_prefix('T'))
            .and_then(|life| life.parse::<u64>().ok());
        let life = life.expect("a life");
        // The second may have changed in between.
        assert!((expected - 1..=expected + 1).contains(&life), "{heard}");
    }
}

/// An application under a clock that tests move, on a server that counts real seconds.
#[actix_web::test]
async fn expiries_go_by_the_clock_of_the_application() {
    let server = memcached(&[]);
    let clock = Clock::manual(Timestamp::from_unix(1_000_000));
    let backend = Memcache::builder()
        .server(server.address())
        .clock(clock.clone())
        .build();
    let backend = backend.expect("fit settings");
    for seconds in [60, 31 * DAY] {
        let expiry = clock.now().after(Duration::from_secs(seconds));
        backend.delete(&key(1), None).await.expect("the server answers");
        create(
            &backend,
            &key(1),
            NewRecord {
                expiry,
                ..record("kept")
            },
        )
        .await;
        let loaded = load(&backend, &key(1)).await.expect("a record");
        let apart = loaded.expiry.since(expiry).max(expiry.since(loaded.expiry));
        assert!(apart <= Duration::from_secs(1), "{seconds}: {apart:?}");
    }
}
