//! When a record ends: never late, never early, at every length of life.

use std::time::Duration;

use super::kit::{LONG, absent, create, ensure, ensure_eq, key, load, record, replace, unique};
use super::{Fault, Fixture};
use crate::backend::{Delete, NewRecord, Replace, Touch};
use crate::clock::Timestamp;

const DAY: u64 = 86_400;

/// An expired record does not exist for any call, before anything was purged, and its key can be used again.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn an_expired_record_is_gone_for_every_call(fixture: Fixture) -> Result<(), Fault> {
    let backend = fixture.backend();
    let principal = unique("ann-")?;
    let mut keys = Vec::new();
    // Each call gets a record of its own: one that removes what it finds would hide the mistake of the next.
    for _ in 0..6 {
        let (key, expiry) = (key()?, fixture.after(1));
        let new = NewRecord {
            data: "short".into(),
            expiry,
            principal: Some(principal.clone()),
        };
        keys.push((key, create(backend, &key, new).await?));
    }
    // The second of the expiry belongs to the life, and a server that counts by itself may add almost another one.
    fixture.pass(4).await;
    let [to_load, to_replace, to_touch, to_delete, to_delete_any, to_create] = keys.as_slice() else {
        return Ok(());
    };
    let long = fixture.after(LONG);
    absent(backend, &to_load.0, "after the expiry").await?;
    let answer = backend
        .replace(&to_replace.0, to_replace.1, record("late", long))
        .await?;
    ensure_eq!(answer, Replace::Gone, "`replace` of an expired record");
    absent(backend, &to_replace.0, "after `replace` of an expired record").await?;
    ensure_eq!(
        backend.touch(&to_touch.0, long).await?,
        Touch::Gone,
        "`touch` of an expired record"
    );
    absent(backend, &to_touch.0, "after `touch` of an expired record").await?;
    let answer = backend.delete(&to_delete.0, Some(to_delete.1)).await?;
    ensure_eq!(answer, Delete::Gone, "`delete` of an expired version");
    ensure_eq!(
        backend.delete(&to_delete_any.0, None).await?,
        Delete::Gone,
        "`delete` of an expired record"
    );
    if backend.capabilities().principals {
        let found = backend.keys_of(&principal).await?;
        ensure!(
            found.is_empty(),
            "`keys_of` found {} expired records",
            found.len()
        );
    }
    let version = create(backend, &to_create.0, record("new", long)).await?;
    ensure!(
        version != to_create.1,
        "`create` over an expired record used its version again"
    );
    let answer = backend
        .replace(&to_create.0, to_create.1, record("stale", long))
        .await?;
    ensure_eq!(
        answer,
        Replace::Conflict,
        "`replace` of the expired version after `create`"
    );
    ensure!(
        load(backend, &to_create.0).await?.data == "new",
        "the expired record's data came back"
    );
    Ok(())
}

/// `replace` sets the end of the life anew: earlier as well as later.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_life_ends_by_its_last_writing(fixture: Fixture) -> Result<(), Fault> {
    let (backend, shortened, lengthened) = (fixture.backend(), key()?, key()?);
    let version = create(backend, &shortened, record("long", fixture.after(LONG))).await?;
    replace(backend, &shortened, version, record("short", fixture.after(1))).await?;
    let version = create(backend, &lengthened, record("short", fixture.after(2))).await?;
    replace(backend, &lengthened, version, record("long", fixture.after(LONG))).await?;
    fixture.pass(4).await;
    absent(backend, &shortened, "after the end that `replace` set").await?;
    ensure!(
        backend.load(&lengthened).await?.is_some(),
        "a record ended before the end that `replace` set"
    );
    Ok(())
}

/// `touch` sets the end of the life anew: earlier as well as later.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_touch_decides_when_a_life_ends(fixture: Fixture) -> Result<(), Fault> {
    let (backend, shortened, lengthened) = (fixture.backend(), key()?, key()?);
    create(backend, &shortened, record("long", fixture.after(LONG))).await?;
    ensure_eq!(
        backend.touch(&shortened, fixture.after(1)).await?,
        Touch::Done,
        "`touch` to an earlier end"
    );
    create(backend, &lengthened, record("short", fixture.after(2))).await?;
    ensure_eq!(
        backend.touch(&lengthened, fixture.after(LONG)).await?,
        Touch::Done,
        "`touch` to a later end"
    );
    fixture.pass(4).await;
    absent(backend, &shortened, "after the end that `touch` set").await?;
    ensure!(
        backend.load(&lengthened).await?.is_some(),
        "a record ended before the end that `touch` set"
    );
    Ok(())
}

/// A life of less than a second is rounded up, not refused; and where time is moved by hand, the expiry itself is the
/// last second.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn the_shortest_lives_begin(fixture: Fixture) -> Result<(), Fault> {
    let (backend, fraction, whole) = (fixture.backend(), key()?, key()?);
    let soon = fixture.now().after(Duration::from_millis(1));
    create(backend, &fraction, record("short", soon)).await?;
    ensure!(
        backend.load(&fraction).await?.is_some(),
        "a record with a life under a second never lived"
    );
    if fixture.is_exact() {
        create(backend, &whole, record("now", fixture.now())).await?;
        ensure!(
            backend.load(&whole).await?.is_some(),
            "a record ended before its last second was over"
        );
        fixture.pass(1).await;
        absent(backend, &whole, "a second after the expiry").await?;
        ensure!(
            backend.load(&fraction).await?.is_some(),
            "a record ended before its last second was over"
        );
        fixture.pass(1).await;
        absent(backend, &fraction, "a second after the expiry").await?;
    }
    Ok(())
}

/// Lives over 30 days are alive at once, which memcached would read as a date in 1970, and so is one without an end.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn the_longest_lives_begin_at_once(fixture: Fixture) -> Result<(), Fault> {
    let backend = fixture.backend();
    let days = [29, 30, 31, 400].map(|days| (format!("{days} days"), fixture.after(days * DAY + 1)));
    let endless = [("no end at all".to_owned(), Timestamp::from_unix(u64::MAX))];
    for (what, expiry) in days.into_iter().chain(endless) {
        let key = key()?;
        let version = create(backend, &key, record("long", expiry)).await?;
        let loaded = load(backend, &key).await?;
        let apart = loaded.expiry.since(expiry).max(expiry.since(loaded.expiry));
        let endless = expiry == Timestamp::from_unix(u64::MAX);
        ensure!(
            endless || apart.as_secs() <= 1,
            "a life of {what} is stored {apart:?} off"
        );
        replace(backend, &key, version, record("longer", expiry)).await?;
        ensure!(
            backend.load(&key).await?.is_some(),
            "a life of {what} ended at once after `replace`"
        );
        ensure_eq!(
            backend.touch(&key, expiry).await?,
            Touch::Done,
            "`touch` to {what}"
        );
        ensure!(
            backend.load(&key).await?.is_some(),
            "a life of {what} ended at once after `touch`"
        );
        // A shared server need not keep it for so long.
        backend.delete(&key, None).await?;
    }
    Ok(())
}

/// An end that has passed already is one: it must not be read as none, as a lifetime of 0 is by memcached.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_life_that_ends_in_the_past_is_over(fixture: Fixture) -> Result<(), Fault> {
    let backend = fixture.backend();
    let past = Timestamp::from_unix(fixture.now().unix().saturating_sub(10));
    for expiry in [past, Timestamp::from_unix(0)] {
        let (created, replaced, touched) = (key()?, key()?, key()?);
        create(backend, &created, record("past", expiry)).await?;
        absent(backend, &created, "after `create` with an end in the past").await?;
        let version = create(backend, &replaced, record("long", fixture.after(LONG))).await?;
        replace(backend, &replaced, version, record("past", expiry)).await?;
        absent(backend, &replaced, "after `replace` with an end in the past").await?;
        create(backend, &touched, record("long", fixture.after(LONG))).await?;
        ensure_eq!(
            backend.touch(&touched, expiry).await?,
            Touch::Done,
            "`touch` to an end in the past"
        );
        absent(backend, &touched, "after `touch` to an end in the past").await?;
    }
    Ok(())
}
