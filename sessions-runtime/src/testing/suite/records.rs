//! The five calls, one after the other: who may write what, and that bytes come back.

use bytes::Bytes;

use super::kit::{LONG, absent, create, ensure, ensure_eq, key, load, record, replace, unique};
use super::{Fault, Fixture};
use crate::backend::{Create, Delete, NewRecord, Replace, Touch, Version};
use crate::id::StoreKey;

/// Every call answers that there is nothing, without an error, and writes nothing.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_missing_key_has_no_record(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, expiry) = (fixture.backend(), key()?, fixture.after(LONG));
    absent(backend, &key, "before anything was written").await?;
    let version = Version::new(1);
    let replaced = backend.replace(&key, version, record("new", expiry)).await?;
    ensure_eq!(replaced, Replace::Gone, "`replace` of a missing key");
    absent(backend, &key, "after `replace` of a missing key").await?;
    ensure_eq!(
        backend.touch(&key, expiry).await?,
        Touch::Gone,
        "`touch` of a missing key"
    );
    absent(backend, &key, "after `touch` of a missing key").await?;
    ensure_eq!(
        backend.delete(&key, None).await?,
        Delete::Gone,
        "`delete` of a missing key"
    );
    let deleted = backend.delete(&key, Some(version)).await?;
    ensure_eq!(deleted, Delete::Gone, "`delete` of a version of a missing key");
    Ok(())
}

/// Data is bytes: empty, with zeros, not UTF-8, with a server's own protocol in it, and 64 KiB.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn data_comes_back_byte_for_byte(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry) = (fixture.backend(), fixture.after(LONG));
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let samples: [(&str, Bytes); 8] = [
        ("no bytes", Bytes::new()),
        ("one zero byte", Bytes::from_static(&[0])),
        ("zero bytes at the ends", Bytes::from_static(b"\0data\0")),
        (
            "bytes that are not UTF-8",
            Bytes::from_static(&[0xff, 0xfe, 0x80, 0xc3]),
        ),
        ("white space and line ends", Bytes::from_static(b" \r\n\t \r\n")),
        (
            "the end of a memcached answer",
            Bytes::from_static(b"data\r\nEND\r\nHD\r\nEN\r\n"),
        ),
        ("64 KiB of every byte", every_byte.repeat(256).into()),
        ("every byte", every_byte.into()),
    ];
    for (what, data) in samples {
        let key = key()?;
        let version = create(backend, &key, record(data.clone(), expiry)).await?;
        ensure!(
            load(backend, &key).await?.data == data,
            "{what} came back changed after `create`"
        );
        let other = record("something else", expiry);
        let version = replace(backend, &key, version, other).await?;
        replace(backend, &key, version, record(data.clone(), expiry)).await?;
        ensure!(
            load(backend, &key).await?.data == data,
            "{what} came back changed after `replace`"
        );
    }
    Ok(())
}

/// `create` under a key that is taken answers `Exists` and changes nothing.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn create_keeps_a_live_record(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key) = (fixture.backend(), key()?);
    create(backend, &key, record("first", fixture.after(LONG))).await?;
    let before = load(backend, &key).await?;
    let again = backend
        .create(&key, record("second", fixture.after(2 * LONG)))
        .await?;
    ensure_eq!(again, Create::Exists, "`create` on a live record");
    let after = load(backend, &key).await?;
    ensure!(
        after.data == "first",
        "`create` on a live record overwrote its data"
    );
    ensure_eq!(
        after.version,
        before.version,
        "version after `create` on a live record"
    );
    let moved = after.expiry.since(before.expiry).as_secs();
    ensure!(moved <= 1, "`create` on a live record moved its expiry");
    Ok(())
}

/// `replace` of the present version writes data and expiry, and answers the version that is loaded afterwards.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn replace_writes_data_expiry_and_version(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key) = (fixture.backend(), key()?);
    let first = create(backend, &key, record("first", fixture.after(LONG))).await?;
    let loaded = load(backend, &key).await?;
    ensure_eq!(loaded.version, first, "version loaded after `create`");
    let expiry = fixture.after(2 * LONG);
    let second = replace(backend, &key, first, record("second", expiry)).await?;
    let loaded = load(backend, &key).await?;
    ensure!(loaded.data == "second", "`replace` did not write the data");
    ensure_eq!(loaded.version, second, "version loaded after `replace`");
    let apart = loaded.expiry.since(expiry).max(expiry.since(loaded.expiry));
    ensure!(
        apart.as_secs() <= 1,
        "`replace` did not write the expiry: it is {apart:?} off"
    );
    // The answered version serves for the next write.
    replace(backend, &key, second, record("third", expiry)).await?;
    Ok(())
}

/// `replace` of another version than the present one answers `Conflict` and changes nothing.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn replace_of_another_version_changes_nothing(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, expiry) = (fixture.backend(), key()?, fixture.after(LONG));
    let first = create(backend, &key, record("first", expiry)).await?;
    let second = replace(backend, &key, first, record("second", expiry)).await?;
    let never = Version::new(second.get().wrapping_add(1_000_000));
    for (what, version) in [("the version before", first), ("a version that never was", never)] {
        let answer = backend
            .replace(&key, version, record("third", fixture.after(2 * LONG)))
            .await?;
        ensure_eq!(answer, Replace::Conflict, "`replace` of {what}");
        let loaded = load(backend, &key).await?;
        ensure!(loaded.data == "second", "`replace` of {what} wrote its data");
        ensure_eq!(loaded.version, second, "version after `replace` of {what}");
    }
    Ok(())
}

/// `replace` after a `delete` answers `Gone` and does not bring the record back: ended sessions stay ended.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn replace_of_a_deleted_record_stores_nothing(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, expiry) = (fixture.backend(), key()?, fixture.after(LONG));
    let version = create(backend, &key, record("first", expiry)).await?;
    ensure_eq!(
        backend.delete(&key, None).await?,
        Delete::Deleted,
        "`delete` of a live record"
    );
    absent(backend, &key, "after `delete`").await?;
    let answer = backend.replace(&key, version, record("second", expiry)).await?;
    ensure_eq!(answer, Replace::Gone, "`replace` of a deleted record");
    ensure_eq!(
        backend.touch(&key, expiry).await?,
        Touch::Gone,
        "`touch` of a deleted record"
    );
    absent(backend, &key, "after `replace` and `touch` of a deleted record").await
}

/// `delete` with a version removes that version only; without one, any; and answers `Gone` the second time.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn delete_removes_the_expected_version_only(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, expiry) = (fixture.backend(), key()?, fixture.after(LONG));
    let first = create(backend, &key, record("first", expiry)).await?;
    let second = replace(backend, &key, first, record("second", expiry)).await?;
    let answer = backend.delete(&key, Some(first)).await?;
    ensure_eq!(answer, Delete::Conflict, "`delete` of the version before");
    ensure!(
        load(backend, &key).await?.data == "second",
        "`delete` of the version before changed the data"
    );
    let answer = backend.delete(&key, Some(second)).await?;
    ensure_eq!(answer, Delete::Deleted, "`delete` of the present version");
    absent(backend, &key, "after `delete` of the present version").await?;
    let answer = backend.delete(&key, Some(second)).await?;
    ensure_eq!(answer, Delete::Gone, "`delete` of the same version again");
    create(backend, &key, record("third", expiry)).await?;
    ensure_eq!(
        backend.delete(&key, None).await?,
        Delete::Deleted,
        "`delete` of any version"
    );
    absent(backend, &key, "after `delete` of any version").await
}

/// `touch` moves the expiry in both directions and leaves data, principal and version as they are.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn touch_moves_the_expiry_only(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key) = (fixture.backend(), key()?);
    let principal = Some(unique("ann-")?);
    let data = Bytes::from_static(b"first");
    let first = NewRecord {
        data,
        expiry: fixture.after(LONG),
        principal,
    };
    let version = create(backend, &key, first).await?;
    let before = load(backend, &key).await?;
    for seconds in [3 * LONG, 2 * LONG] {
        let expiry = fixture.after(seconds);
        ensure_eq!(
            backend.touch(&key, expiry).await?,
            Touch::Done,
            "`touch` of a live record"
        );
        let after = load(backend, &key).await?;
        ensure!(after.data == before.data, "`touch` changed the data");
        ensure!(
            after.principal == before.principal,
            "`touch` changed the principal"
        );
        ensure_eq!(after.version, version, "version after `touch`");
        let apart = after.expiry.since(expiry).max(expiry.since(after.expiry));
        ensure!(
            apart.as_secs() <= 1,
            "`touch` did not write the expiry: it is {apart:?} off"
        );
    }
    // A request that loaded before the touch may still write.
    replace(backend, &key, version, record("second", fixture.after(LONG))).await?;
    Ok(())
}

/// Keys that differ in one byte, and keys with bytes that a server may stumble over, have records of their own.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn similar_keys_share_nothing(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry, base) = (fixture.backend(), fixture.after(LONG), *key()?.as_bytes());
    let mut keys = Vec::new();
    for byte in [0, b'\n', b' ', b'%', b'*', b'A', b'a', b':', 0x7f, 0xff] {
        for at in [0, 31] {
            let mut bytes = base;
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            keys.push(StoreKey::from_bytes(bytes));
        }
    }
    keys.sort_unstable();
    // The random base may have one of the bytes already.
    keys.dedup();
    for (number, key) in keys.iter().enumerate() {
        create(backend, key, record(number.to_string(), expiry)).await?;
    }
    for (number, key) in keys.iter().enumerate() {
        let data = load(backend, key).await?.data;
        ensure!(
            data == number.to_string(),
            "two keys that differ in one byte share a record"
        );
        ensure_eq!(
            backend.delete(key, None).await?,
            Delete::Deleted,
            "`delete` of one of many similar keys"
        );
    }
    Ok(())
}

/// What one handle wrote, another reads, replaces and deletes, with the same versions.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn another_handle_sees_the_same_records(fixture: Fixture) -> Result<(), Fault> {
    let (here, there, key, expiry) = (fixture.backend(), fixture.second(), key()?, fixture.after(LONG));
    let first = create(here, &key, record("first", expiry)).await?;
    let loaded = load(there, &key).await?;
    ensure!(loaded.data == "first", "the second handle reads other data");
    ensure_eq!(loaded.version, first, "version that the second handle loads");
    let second = replace(there, &key, first, record("second", expiry)).await?;
    let answer = here.replace(&key, first, record("third", expiry)).await?;
    ensure_eq!(
        answer,
        Replace::Conflict,
        "`replace` of a version that the second handle has replaced"
    );
    ensure!(
        load(here, &key).await?.data == "second",
        "the first handle still reads what it wrote itself"
    );
    ensure_eq!(
        there.delete(&key, Some(second)).await?,
        Delete::Deleted,
        "`delete` by the second handle"
    );
    absent(here, &key, "after `delete` by the second handle").await?;
    let answer = here.replace(&key, second, record("third", expiry)).await?;
    ensure_eq!(
        answer,
        Replace::Gone,
        "`replace` after `delete` by the second handle"
    );
    Ok(())
}
