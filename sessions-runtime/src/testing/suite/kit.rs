//! What the cases share: keys, records, calls that must succeed, and many calls at once.

use std::sync::{Arc, Barrier};

use actix_web::rt::Runtime;
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::fault::Fault;
use crate::backend::{Backend, Create, NewRecord, Record, Replace, Version};
use crate::clock::Timestamp;
use crate::entropy;
use crate::id::StoreKey;

/// An hour: longer than any case takes.
pub(super) const LONG: u64 = 3_600;

/// How many real threads [`at_once`] uses.
const THREADS: usize = 4;

/// Ends the case with a fault unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::testing::suite::Fault::new(format!($($message)+)));
        }
    };
}

/// Ends the case with a fault unless both are equal; the message names the call that was made.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($message:tt)+) => {{
        let (found, expected) = (&$found, &$expected);
        if *found != *expected {
            let what = format!($($message)+);
            return Err($crate::testing::suite::Fault::new(format!(
                "{what}: got {found:?} instead of {expected:?}"
            )));
        }
    }};
}

pub(super) use {ensure, ensure_eq};

/// A key that no other case has.
pub(super) fn key() -> Result<StoreKey, Fault> {
    let mut bytes = [0; 32];
    entropy::system(&mut bytes)?;
    Ok(StoreKey::from_bytes(bytes))
}

/// A text that no other case has, for principals and lock tokens.
pub(super) fn unique(prefix: &str) -> Result<String, Fault> {
    Ok(format!("{prefix}{}", key()?.to_text()))
}

pub(super) fn record(data: impl Into<Bytes>, expiry: Timestamp) -> NewRecord {
    NewRecord {
        data: data.into(),
        expiry,
        principal: None,
    }
}

/// Creates a record that must not be there yet.
pub(super) async fn create(
    backend: &dyn Backend,
    key: &StoreKey,
    record: NewRecord,
) -> Result<Version, Fault> {
    match backend.create(key, record).await? {
        Create::Created(version) => Ok(version),
        Create::Exists => Err(Fault::new(
            "`create` under a key without a record answered Exists",
        )),
    }
}

/// Replaces a record that must be there in this version.
pub(super) async fn replace(
    backend: &dyn Backend,
    key: &StoreKey,
    expected: Version,
    record: NewRecord,
) -> Result<Version, Fault> {
    match backend.replace(key, expected, record).await? {
        Replace::Replaced(version) => Ok(version),
        other => Err(Fault::new(format!(
            "`replace` of the present version answered {other:?}"
        ))),
    }
}

/// Loads a record that must be there.
pub(super) async fn load(backend: &dyn Backend, key: &StoreKey) -> Result<Record, Fault> {
    let record = backend.load(key).await?;
    record.ok_or_else(|| Fault::new("`load` of a live record answered None"))
}

/// Checks that there is no record; `when` says after what.
pub(super) async fn absent(backend: &dyn Backend, key: &StoreKey, when: &str) -> Result<(), Fault> {
    match backend.load(key).await? {
        None => Ok(()),
        Some(_) => Err(Fault::new(format!(
            "{when}: there is a record, and there must be none"
        ))),
    }
}

/// Runs `count` jobs at once, on several real threads, and gives their answers.
pub(super) async fn at_once<T, F>(count: usize, job: F) -> Result<Vec<T>, Fault>
where
    T: Send + 'static,
    F: AsyncFn(usize) -> Result<T, Fault> + Send + Sync + 'static,
{
    let (job, start) = (Arc::new(job), Arc::new(Barrier::new(THREADS)));
    let mut receivers = Vec::new();
    for thread in 0..THREADS {
        let (sender, receiver) = oneshot::channel();
        let (job, start) = (job.clone(), start.clone());
        std::thread::spawn(move || {
            start.wait();
            let jobs = join_all((thread..count).step_by(THREADS).map(|number| job(number)));
            let answers = Runtime::new().map(|runtime| runtime.block_on(jobs));
            // The case has ended where nobody receives.
            let _ = sender.send(answers);
        });
        receivers.push(receiver);
    }
    let mut answers = Vec::with_capacity(count);
    for receiver in receivers {
        let of_thread = receiver.await.map_err(|_| Fault::new("a call panicked"))?;
        for answer in of_thread? {
            answers.push(answer?);
        }
    }
    Ok(answers)
}
