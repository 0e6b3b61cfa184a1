//! What can be read, with its SQL. All of it is parameterised.

use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::failure::Result;
use super::writes::BUCKET;
use crate::backend::{Record, Version};
use crate::clock::Timestamp;
use crate::id::StoreKey;

/// The record of a key, unless it has expired.
pub(super) fn record(connection: &Connection, key: &StoreKey, now: i64) -> Result<Option<Record>> {
    let sql = "SELECT version, expiry, principal, data FROM sessions WHERE key = ?1 AND expiry >= ?2";
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_row(params![key.as_bytes(), now], |row| {
        Ok(Record {
            version: Version::new(row.get::<_, i64>(0)?.cast_unsigned()),
            expiry: Timestamp::from_unix(row.get::<_, i64>(1)?.cast_unsigned()),
            principal: row.get(2)?,
            data: Bytes::copy_from_slice(row.get_ref(3)?.as_blob()?),
        })
    });
    Ok(found.optional()?)
}

/// The keys of a principal's records that have not expired.
pub(super) fn keys_of(connection: &Connection, principal: &str, now: i64) -> Result<Vec<StoreKey>> {
    let sql = "SELECT key FROM sessions WHERE principal = ?1 AND expiry >= ?2";
    let mut find = connection.prepare_cached(sql)?;
    let keys = find.query_map(params![principal, now], |row| key(row, 0))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// A record that has expired, and its place in the order in which they are looked for.
#[derive(Clone, Copy)]
pub(super) struct Expired {
    bucket: i64,
    pub(super) key: StoreKey,
}

/// The next records that have expired, after one that was found before.
///
/// Those of the present hour lie among others that live, all of which are looked at: by a reader, so that no write
/// waits for it, and once, because the search goes on where it ended.
pub(super) fn expired(
    connection: &Connection,
    after: Option<Expired>,
    limit: usize,
    now: i64,
) -> Result<Vec<Expired>> {
    let sql =
        "SELECT bucket, key FROM sessions WHERE (bucket, key) > (?1, ?2) AND bucket <= ?3 AND expiry < ?4
               ORDER BY bucket, key LIMIT ?5";
    let (bucket, last) = after.map_or((-1, [0; 32]), |after| (after.bucket, *after.key.as_bytes()));
    let mut find = connection.prepare_cached(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = find.query_map(params![bucket, last, now / BUCKET, now, limit], |row| {
        Ok(Expired {
            bucket: row.get(0)?,
            key: key(row, 1)?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn key(row: &Row<'_>, column: usize) -> rusqlite::Result<StoreKey> {
    match row.get_ref(column)? {
        ValueRef::Blob(bytes) => bytes.try_into().map(StoreKey::from_bytes).map_err(|_| {
            rusqlite::Error::InvalidColumnType(column, "key".to_owned(), rusqlite::types::Type::Blob)
        }),
        other => Err(rusqlite::Error::InvalidColumnType(
            column,
            "key".to_owned(),
            other.data_type(),
        )),
    }
}
