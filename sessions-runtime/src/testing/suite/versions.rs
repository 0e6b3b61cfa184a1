//! That a version never comes back, not even across delete and create.

use std::collections::HashSet;

use super::kit::{LONG, create, ensure, ensure_eq, key, load, record, replace};
use super::{Fault, Fixture};
use crate::backend::{Delete, Replace};

/// Over many rounds of create, replace, expiry and delete, through both handles, every version is a new one.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn versions_never_repeat(fixture: Fixture) -> Result<(), Fault> {
    let (key, mut seen) = (key()?, HashSet::new());
    for round in 0..20 {
        // A counter in each process would pass with one handle only.
        let backend = if round % 2 == 0 {
            fixture.backend()
        } else {
            fixture.second()
        };
        let expiry = fixture.after(if round == 10 { 1 } else { LONG });
        let created = create(backend, &key, record("first", expiry)).await?;
        let replaced = replace(backend, &key, created, record("second", expiry)).await?;
        let again = replace(backend, &key, replaced, record("third", expiry)).await?;
        for version in [created, replaced, again] {
            ensure!(
                seen.insert(version),
                "round {round}: a version was used for a second time"
            );
        }
        if round == 10 {
            // A second more than the life has: see `expiry`.
            fixture.pass(4).await;
        } else {
            ensure_eq!(
                backend.delete(&key, Some(again)).await?,
                Delete::Deleted,
                "`delete` in round {round}"
            );
        }
    }
    Ok(())
}

/// Whoever holds a version from before a delete can neither replace nor delete what was created since.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn an_old_version_fits_nothing_that_comes_later(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, expiry) = (fixture.backend(), key()?, fixture.after(LONG));
    let old = create(backend, &key, record("old", expiry)).await?;
    ensure_eq!(
        backend.delete(&key, None).await?,
        Delete::Deleted,
        "`delete` of a live record"
    );
    create(backend, &key, record("new", expiry)).await?;
    let answer = backend.replace(&key, old, record("stale", expiry)).await?;
    ensure_eq!(
        answer,
        Replace::Conflict,
        "`replace` with a version from before the delete"
    );
    let answer = backend.delete(&key, Some(old)).await?;
    ensure_eq!(
        answer,
        Delete::Conflict,
        "`delete` with a version from before the delete"
    );
    ensure!(
        load(backend, &key).await?.data == "new",
        "a version from before the delete changed the record"
    );
    Ok(())
}

/// Replacing a record by an equal one makes a new version, too: a server must not take it for nothing to do.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn equal_bytes_make_a_new_version(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, same) = (fixture.backend(), key()?, record("same", fixture.after(LONG)));
    let first = create(backend, &key, same.clone()).await?;
    let second = replace(backend, &key, first, same.clone()).await?;
    ensure!(first != second, "`replace` by equal bytes kept the version");
    ensure_eq!(
        load(backend, &key).await?.version,
        second,
        "version after `replace` by equal bytes"
    );
    let answer = backend.replace(&key, first, same).await?;
    ensure_eq!(answer, Replace::Conflict, "`replace` of the version before");
    Ok(())
}
