//! Purging what has expired. A server that does it by itself does not declare it, and removes nothing here.

use super::kit::{LONG, at_once, create, ensure, ensure_eq, key, record};
use super::{Fault, Fixture};
use crate::id::StoreKey;

/// A purge removes expired records only, at most as many as it may, and says how many.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn purging_takes_expired_records_up_to_its_limit(fixture: Fixture) -> Result<(), Fault> {
    let backend = fixture.backend();
    let live = filled(&fixture, 7).await?;
    if backend.capabilities().purge {
        for expected in [5, 2, 0] {
            ensure_eq!(
                backend.purge_expired(5).await?,
                expected,
                "records that `purge_expired(5)` removed"
            );
        }
    } else {
        ensure_eq!(
            backend.purge_expired(5).await?,
            0,
            "records that were purged though `purge` is not declared"
        );
    }
    for key in &live {
        ensure!(backend.load(key).await?.is_some(), "a live record was purged");
    }
    Ok(())
}

/// Several purges at once, through both handles, fail nowhere, count each record once, and spare what lives.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn two_purgers_share_the_work(fixture: Fixture) -> Result<(), Fault> {
    let live = filled(&fixture, 40).await?;
    let handles = [fixture.backend().clone(), fixture.second().clone()];
    let removed = at_once(4, async move |number| {
        let [here, there] = &handles;
        let backend = if number % 2 == 0 { here } else { there };
        let mut total = 0;
        loop {
            let count = backend.purge_expired(8).await?;
            ensure!(count <= 8, "`purge_expired(8)` says it removed {count}");
            total += count;
            // Fewer than the limit means that it is done.
            if count < 8 {
                return Ok(total);
            }
        }
    });
    let removed: usize = removed.await?.into_iter().sum();
    let expected = if fixture.backend().capabilities().purge {
        40
    } else {
        0
    };
    ensure_eq!(removed, expected, "records that several purges removed together");
    for key in &live {
        ensure!(
            fixture.backend().load(key).await?.is_some(),
            "a live record was purged"
        );
    }
    Ok(())
}

/// Writes records that have expired when this returns, and three that live; gives the keys of these.
async fn filled(fixture: &Fixture, expired: usize) -> Result<Vec<StoreKey>, Fault> {
    let (backend, mut live) = (fixture.backend(), Vec::new());
    for _ in 0..expired {
        create(backend, &key()?, record("short", fixture.after(1))).await?;
    }
    for _ in 0..3 {
        let key = key()?;
        create(backend, &key, record("long", fixture.after(LONG))).await?;
        live.push(key);
    }
    fixture.pass(3).await;
    Ok(live)
}
