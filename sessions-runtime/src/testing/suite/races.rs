//! The five calls, many at once and on several threads: exactly one wins.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::kit::{LONG, absent, at_once, create, ensure, ensure_eq, key, load, record};
use super::{Fault, Fixture};
use crate::backend::{Create, Delete, Replace};

/// How many calls meet.
const CALLS: usize = 32;

/// Of many creates of one key one is answered `Created`, and its data is what is there.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn one_of_many_creates_wins(fixture: Fixture) -> Result<(), Fault> {
    let (key, expiry) = (key()?, fixture.after(LONG));
    let handles = [fixture.backend().clone(), fixture.second().clone()];
    let answers = at_once(CALLS, async move |number| {
        let [here, there] = &handles;
        let backend = if number % 8 < 4 { here } else { there };
        let answer = backend.create(&key, record(number.to_string(), expiry)).await?;
        Ok((number, answer))
    });
    let winners: Vec<_> = answers
        .await?
        .into_iter()
        .filter(|(_, answer)| *answer != Create::Exists)
        .collect();
    ensure_eq!(
        winners.len(),
        1,
        "creates of one key that were answered Created, of {CALLS}"
    );
    for (number, answer) in winners {
        let loaded = load(fixture.backend(), &key).await?;
        ensure!(
            loaded.data == number.to_string(),
            "the record is not that of the create that won"
        );
        ensure_eq!(
            answer,
            Create::Created(loaded.version),
            "answer of the create that won"
        );
    }
    Ok(())
}

/// Of many replaces of one version one is answered `Replaced`, the others `Conflict`, round after round.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn one_of_many_replaces_of_a_version_wins(fixture: Fixture) -> Result<(), Fault> {
    let (key, expiry) = (key()?, fixture.after(LONG));
    let mut present = create(fixture.backend(), &key, record("first", expiry)).await?;
    for round in 0..4 {
        let handles = [fixture.backend().clone(), fixture.second().clone()];
        let answers = at_once(CALLS, async move |number| {
            let [here, there] = &handles;
            let backend = if number % 8 < 4 { here } else { there };
            let answer = backend
                .replace(&key, present, record(format!("{round} {number}"), expiry))
                .await?;
            Ok((number, answer))
        });
        let answers = answers.await?;
        let losers = answers
            .iter()
            .filter(|(_, answer)| *answer == Replace::Conflict)
            .count();
        ensure_eq!(
            losers,
            CALLS - 1,
            "replaces of one version that were answered Conflict, of {CALLS}"
        );
        let loaded = load(fixture.backend(), &key).await?;
        for (number, answer) in answers {
            if answer != Replace::Conflict {
                ensure_eq!(
                    answer,
                    Replace::Replaced(loaded.version),
                    "answer of the replace that won"
                );
                let expected = format!("{round} {number}");
                ensure!(
                    loaded.data == expected,
                    "the record is not that of the replace that won"
                );
            }
        }
        present = loaded.version;
    }
    Ok(())
}

/// Loops of load and replace, as every save is one, lose no increment; and no version is answered twice.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn concurrent_increments_all_count(fixture: Fixture) -> Result<(), Fault> {
    let (key, expiry) = (key()?, fixture.after(LONG));
    create(fixture.backend(), &key, record("0", expiry)).await?;
    let handles = [fixture.backend().clone(), fixture.second().clone()];
    let versions = at_once(CALLS, async move |number| {
        let [here, there] = &handles;
        let backend = if number % 8 < 4 { here } else { there };
        // Each conflict means that somebody else got ahead, which happens at most once for each of the others.
        for _ in 0..CALLS {
            let present = load(backend, &key).await?;
            let next = count(&present.data)? + 1;
            match backend
                .replace(&key, present.version, record(next.to_string(), expiry))
                .await?
            {
                Replace::Replaced(version) => return Ok(version),
                Replace::Conflict => {}
                Replace::Gone => return Err(Fault::new("`replace` of a live record answered Gone")),
            }
        }
        Err(Fault::new(
            "`replace` answered Conflict though nobody else had replaced",
        ))
    });
    let versions = versions.await?;
    let distinct: HashSet<_> = versions.iter().collect();
    ensure_eq!(distinct.len(), CALLS, "distinct versions among {CALLS} replaces");
    let total = count(&load(fixture.backend(), &key).await?.data)?;
    ensure_eq!(total, CALLS, "total after {CALLS} increments");
    Ok(())
}

/// Of many deletes of one record one is answered `Deleted`, the others `Gone`.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn one_of_many_deletes_removes(fixture: Fixture) -> Result<(), Fault> {
    for expect in [true, false] {
        let (key, expiry) = (key()?, fixture.after(LONG));
        let version = create(fixture.backend(), &key, record("first", expiry)).await?;
        let backend = fixture.backend().clone();
        let answers = at_once(CALLS, async move |_| {
            Ok(backend.delete(&key, expect.then_some(version)).await?)
        });
        let answers = answers.await?;
        let deleted = answers
            .iter()
            .filter(|answer| **answer == Delete::Deleted)
            .count();
        let gone = answers.iter().filter(|answer| **answer == Delete::Gone).count();
        ensure_eq!(
            (deleted, gone),
            (1, CALLS - 1),
            "deletes that were answered Deleted, and Gone"
        );
        absent(fixture.backend(), &key, "after many deletes").await?;
    }
    Ok(())
}

/// A delete amid many replaces: from then on each of them ends with `Gone`, and nothing is left, not even in part.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_delete_ends_all_replacing(fixture: Fixture) -> Result<(), Fault> {
    for _ in 0..8 {
        let (key, expiry) = (key()?, fixture.after(LONG));
        let created = create(fixture.backend(), &key, record("0", expiry)).await?;
        let (backend, deleted) = (fixture.backend().clone(), AtomicBool::new(false));
        let race = at_once(8, async move |number| {
            if number == 3 {
                let answer = backend.delete(&key, None).await?;
                deleted.store(true, Ordering::SeqCst);
                ensure_eq!(answer, Delete::Deleted, "`delete` amid replaces");
                return Ok(());
            }
            let (mut held, mut answer) = (created, Replace::Conflict);
            while answer != Replace::Gone {
                let before = !deleted.load(Ordering::SeqCst);
                let Some(present) = backend.load(&key).await? else {
                    break;
                };
                ensure!(before, "`load` gave a record that had been deleted amid replaces");
                held = present.version;
                let next = (count(&present.data)? + 1).to_string();
                answer = backend.replace(&key, held, record(next, expiry)).await?;
                // Deleting gets its turn also where no call has to wait.
                tokio::task::yield_now().await;
            }
            // As a request would that was held up.
            let late = backend.replace(&key, held, record("late", expiry)).await?;
            ensure_eq!(late, Replace::Gone, "`replace` after the delete");
            Ok(())
        });
        race.await?;
        absent(fixture.backend(), &key, "after a delete amid replaces").await?;
    }
    Ok(())
}

/// Loads amid replaces see one record or the other, never a mixture.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn records_are_never_read_in_parts(fixture: Fixture) -> Result<(), Fault> {
    let (key, expiry) = (key()?, fixture.after(LONG));
    let data = |byte: u8| vec![byte; 1_000 + usize::from(byte) * 100];
    create(fixture.backend(), &key, record(data(0), expiry)).await?;
    let backend = fixture.backend().clone();
    at_once(8, async move |number| {
        for round in 0..20u8 {
            let present = load(&backend, &key).await?;
            let byte = present.data.first().copied().unwrap_or_default();
            ensure!(present.data == data(byte), "`load` gave a mixture of two records");
            if number % 2 == 0 {
                backend
                    .replace(&key, present.version, record(data(round), expiry))
                    .await?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(())
}

fn count(data: &[u8]) -> Result<usize, Fault> {
    let number = std::str::from_utf8(data).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Fault::new("the data came back changed"))
}
