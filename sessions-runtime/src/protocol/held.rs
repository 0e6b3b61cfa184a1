//! The freshest record a request knows of its session, and how it is loaded, followed and written.

use std::sync::Arc;
use std::time::Duration;

use crate::backend::{Backend, NewRecord, Record, Replace, Version};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::record::{self, Contents, Live};

/// How many renewals in a row a request follows. Their `moved` records live for a minute only, so more than a few means
/// that something goes in circles.
const HOPS: usize = 8;

/// How often one operation is tried. Each conflict is another request's success, so among N requests nobody meets more
/// than N - 1 of them per step.
pub(super) const ATTEMPTS: usize = 128;

/// The freshest record known of one session.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) key: StoreKey,
    pub(crate) version: Version,
    pub(crate) expiry: Timestamp,
    /// Shared: a request keeps it, compares with it and writes on from it.
    pub(crate) live: Arc<Live>,
    /// Reached over somebody's renew since this request loaded the session. Its id is not this request's to hand out,
    /// and its edits act only on what it saw.
    pub(crate) crossed: bool,
}

/// What a write needs to know beside the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) now: Timestamp,
    pub(crate) idle: Option<Duration>,
    /// The size limit of a record's data.
    pub(crate) max_record: usize,
    /// `conflict = "reject"`: the first conflict is an error.
    pub(crate) reject: bool,
}

/// What the id of an arriving request leads to.
#[derive(Debug)]
pub(crate) enum Loaded {
    Live(Held),
    /// There is no record: never was, signed out, expired on the server, or evicted.
    Unknown,
    /// The session was renewed, and the old id opens it no more; or it was, and has ended under its new id.
    Ended,
    /// The record is there, but the session's absolute end has come.
    Expired,
}

/// Loads the session of a request that arrives with an id.
///
/// # Errors
///
/// A failing backend, and `Corrupt` for a record that this version cannot read.
pub(crate) async fn load(
    backend: &dyn Backend,
    mut key: StoreKey,
    now: Timestamp,
) -> Result<Loaded, SessionError> {
    for hop in 0..=HOPS {
        let Some(record) = backend.load(&key).await? else {
            return Ok(if hop == 0 { Loaded::Unknown } else { Loaded::Ended });
        };
        match record::decode(&record.data)? {
            Contents::Live(live) if now > live.deadline => return Ok(Loaded::Expired),
            Contents::Live(live) => return Ok(Loaded::Live(Held::new(key, &record, live))),
            // Asked at every hop: an old id must not lead, by a window that is still open, through a renewal that had
            // none, into a session that has signed in since.
            Contents::Moved { until, .. } if now >= until => return Ok(Loaded::Ended),
            Contents::Moved { to, .. } => key = to,
        }
    }
    Err(too_many_hops())
}

/// Finds the session of a request in flight again, wherever it moved; `None` if it has ended.
pub(crate) async fn follow(
    backend: &dyn Backend,
    mut key: StoreKey,
    now: Timestamp,
) -> Result<Option<Held>, SessionError> {
    for hop in 0..=HOPS {
        let Some(record) = backend.load(&key).await? else {
            return Ok(None);
        };
        match record::decode(&record.data)? {
            Contents::Live(live) if now > live.deadline => return Ok(None),
            Contents::Live(live) => {
                return Ok(Some(Held {
                    crossed: hop > 0,
                    ..Held::new(key, &record, live)
                }));
            }
            Contents::Moved { to, .. } => key = to,
        }
    }
    Err(too_many_hops())
}

/// The answer to writing over a held record.
pub(super) enum Written {
    Replaced(Held),
    Conflict,
    Gone,
}

impl Held {
    fn new(key: StoreKey, record: &Record, live: Live) -> Self {
        Self {
            key,
            version: record.version,
            expiry: record.expiry,
            live: Arc::new(live),
            crossed: false,
        }
    }

    /// The same session as it is now; `None` if it has ended.
    pub(crate) async fn refresh(
        &self,
        backend: &dyn Backend,
        now: Timestamp,
    ) -> Result<Option<Self>, SessionError> {
        let fresh = follow(backend, self.key, now).await?;
        Ok(fresh.map(|fresh| Self {
            crossed: fresh.crossed || self.crossed,
            ..fresh
        }))
    }

    /// Writes `live` in place of this record, provided that it is still the one held.
    pub(super) async fn replace(
        &self,
        backend: &dyn Backend,
        live: Live,
        terms: &Terms,
    ) -> Result<Written, SessionError> {
        let record = terms.record(&live)?;
        let expiry = record.expiry;
        Ok(match backend.replace(&self.key, self.version, record).await? {
            Replace::Replaced(version) => Written::Replaced(Self {
                key: self.key,
                version,
                expiry,
                live: Arc::new(live),
                crossed: self.crossed,
            }),
            Replace::Conflict => Written::Conflict,
            Replace::Gone => Written::Gone,
        })
    }
}

impl Terms {
    /// When the backend may forget a session: at its absolute end, or after the idle time from now.
    pub(super) fn expiry_of(&self, live: &Live) -> Timestamp {
        self.idle
            .map_or(live.deadline, |idle| live.deadline.min(self.now.after(idle)))
    }

    /// The record of a living session.
    pub(super) fn record(&self, live: &Live) -> Result<NewRecord, SessionError> {
        let mut data = Vec::new();
        record::encode_live(live, &mut data)?;
        if data.len() > self.max_record {
            return Err(too_large(live, data.len(), self.max_record));
        }
        let principal = live.principal.as_deref().map(str::to_owned);
        Ok(NewRecord {
            data: data.into(),
            expiry: self.expiry_of(live),
            principal,
        })
    }

    /// For writes that only give back what was there before: neither the size nor the conflict rule may stop them.
    pub(super) fn giving_back(&self) -> Self {
        Self {
            max_record: usize::MAX,
            reject: false,
            ..*self
        }
    }
}

/// The error after [`ATTEMPTS`] conflicts.
pub(super) fn contended() -> SessionError {
    SessionError::busy("other requests changed the session each time it was to be written")
}

/// The error of the first conflict where the session's rule is to reject.
pub(super) fn rejected() -> SessionError {
    SessionError::new(
        ErrorKind::Conflict,
        "another request changed the session first, and its rule is `conflict = \"reject\"`",
    )
}

fn too_many_hops() -> SessionError {
    SessionError::busy("the session was renewed too often while this request ran")
}

/// Names the entries and their sizes, the largest first.
fn too_large(live: &Live, size: usize, limit: usize) -> SessionError {
    const LISTED: usize = 8;
    let mut entries: Vec<_> = live
        .entries
        .iter()
        .map(|(name, value)| (value.len(), name))
        .collect();
    entries.sort_unstable_by(|one, other| other.cmp(one));
    // As a literal: names may come from a request, and must not forge lines in a log.
    let mut problems: Vec<String> = entries
        .iter()
        .take(LISTED)
        .map(|(size, name)| format!("entry {name:?}: {size} bytes"))
        .collect();
    if entries.len() > LISTED {
        problems.push(format!("{} smaller entries", entries.len() - LISTED));
    }
    if !live.flashes.is_empty() {
        let sizes = live
            .flashes
            .iter()
            .map(|flash| flash.text.len() + flash.value.len());
        problems.push(format!(
            "{} flash messages: {} bytes",
            live.flashes.len(),
            sizes.sum::<usize>()
        ));
    }
    SessionError::new(
        ErrorKind::TooLarge,
        format!(
            "the session has {size} bytes and its record may have {limit}; keep large data elsewhere and its id here"
        ),
    )
    .with_problems(problems)
}

#[cfg(test)]
#[path = "held_tests.rs"]
mod tests;
