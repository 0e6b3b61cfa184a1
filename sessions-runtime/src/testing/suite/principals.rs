//! The index of principals. Where it is not declared, asking for it is an error of kind `Unsupported`.

use super::kit::{LONG, create, ensure, ensure_eq, key, load, record, replace, unique};
use super::{Fault, Fixture};
use crate::backend::{Backend, NewRecord};
use crate::clock::Timestamp;
use crate::error::ErrorKind;
use crate::id::StoreKey;

/// `keys_of` finds the live records of a principal: by what was written last, in either handle.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn keys_are_found_by_their_latest_principal(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry) = (fixture.backend(), fixture.after(LONG));
    let (ann, ben) = (unique("ann-")?, unique("ben-")?);
    if undeclared(backend, &ann).await? {
        return Ok(());
    }
    let (first, second) = (key()?, key()?);
    let version = create(backend, &first, owned(&ann, expiry)).await?;
    create(backend, &second, owned(&ann, expiry)).await?;
    found(backend, &ann, &[first, second], "after two creates").await?;
    found(fixture.second(), &ann, &[first, second], "by the second handle").await?;
    ensure!(
        load(backend, &first).await?.principal.as_ref() == Some(&ann),
        "`load` gave another principal"
    );
    let version = replace(backend, &first, version, owned(&ben, expiry)).await?;
    found(
        backend,
        &ann,
        &[second],
        "after `replace` by another principal's record",
    )
    .await?;
    found(
        backend,
        &ben,
        &[first],
        "after `replace` by another principal's record",
    )
    .await?;
    replace(backend, &first, version, record("nobody's", expiry)).await?;
    found(backend, &ben, &[], "after `replace` by nobody's record").await?;
    ensure!(
        load(backend, &first).await?.principal.is_none(),
        "`load` gave a principal that was taken away"
    );
    backend.touch(&second, fixture.after(2 * LONG)).await?;
    found(backend, &ann, &[second], "after `touch`").await?;
    backend.delete(&second, None).await?;
    found(backend, &ann, &[], "after `delete`").await?;
    create(backend, &second, record("nobody's", expiry)).await?;
    found(
        backend,
        &ann,
        &[],
        "after `create` of nobody's record under the same key",
    )
    .await
}

/// A principal is a text like any other: with quotes, wildcards and line ends, and compared byte for byte.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn principals_are_compared_byte_for_byte(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry, base) = (fixture.backend(), fixture.after(LONG), unique("ann-")?);
    if undeclared(backend, &base).await? {
        return Ok(());
    }
    let mut kept = Vec::new();
    for suffix in [
        "",
        "x",
        "X",
        " ",
        "%",
        "_",
        "*",
        "'",
        "\"",
        "'; --",
        "\\",
        "\r\n",
        "\0",
        "é",
        "e\u{301}",
        ":a",
        "\u{1f36a}",
    ] {
        let (principal, key) = (format!("{base}{suffix}"), key()?);
        create(backend, &key, owned(&principal, expiry)).await?;
        kept.push((principal, key));
    }
    for (principal, key) in &kept {
        let what = format!(
            "for a principal that ends with {:?}",
            principal.strip_prefix(&base)
        );
        found(backend, principal, &[*key], &what).await?;
        let loaded = load(backend, key).await?.principal;
        ensure!(
            loaded.as_ref() == Some(principal),
            "a principal came back changed {what}"
        );
    }
    Ok(())
}

/// Whether there is no index; checks that the backend says so.
async fn undeclared(backend: &dyn Backend, principal: &str) -> Result<bool, Fault> {
    if backend.capabilities().principals {
        return Ok(false);
    }
    match backend.keys_of(principal).await {
        Ok(_) => Err(Fault::new(
            "`keys_of` gave an answer though `principals` is not declared",
        )),
        Err(err) => {
            ensure_eq!(
                err.kind(),
                ErrorKind::Unsupported,
                "kind of the error of `keys_of` without an index"
            );
            Ok(true)
        }
    }
}

async fn found(
    backend: &dyn Backend,
    principal: &str,
    expected: &[StoreKey],
    when: &str,
) -> Result<(), Fault> {
    let mut keys = backend.keys_of(principal).await?;
    keys.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    ensure_eq!(keys.len(), expected.len(), "keys that `keys_of` found {when}");
    ensure!(keys == expected, "`keys_of` found other keys {when}");
    Ok(())
}

fn owned(principal: &str, expiry: Timestamp) -> NewRecord {
    NewRecord {
        data: "somebody's".into(),
        expiry,
        principal: Some(principal.to_owned()),
    }
}
