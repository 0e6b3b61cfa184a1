//! What one request did to a session, written down so that it can be done again on a fresher record.
//!
//! A request does not write the dictionary it ends with. It keeps a log of its edits, and [`Edits::replay`] applies the log
//! to whatever the record holds at the moment of the save. That is why overlapping requests keep each other's changes.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use bytes::Bytes;
use bytestring::ByteString;
use smallvec::{SmallVec, smallvec};

use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::record::{Changes, Entries, Lifetime, Live, StoredFlash};

/// An `update`: decodes the present value, runs the user's closure, encodes the result.
///
/// It runs user code, so nobody may hold a borrow of the session while calling it or [`Edits::replay`].
pub(crate) type Apply = Rc<dyn Fn(Option<&[u8]>) -> Result<Bytes, SessionError>>;

/// An update of several entries at once: works out what it changes from all that are there. Runs user code, too.
pub(crate) type Rewrite = Rc<dyn Fn(&Entries) -> Result<Changes, SessionError>>;

/// A flash message of this request; it gets its number when it is written.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NewFlash {
    pub(crate) queue: ByteString,
    pub(crate) level: ByteString,
    pub(crate) text: ByteString,
    /// Empty where the message is only a text.
    pub(crate) value: Bytes,
}

impl NewFlash {
    /// The message under its number.
    pub(crate) fn stored(&self, seq: u64) -> StoredFlash {
        let Self {
            queue,
            level,
            text,
            value,
        } = self.clone();
        StoredFlash {
            seq,
            queue,
            level,
            text,
            value,
        }
    }
}

/// What this request saw, given when its edits cross somebody's renew.
///
/// What sets or removes then acts only where the record still holds what this request saw, so that a request from before
/// a login cannot overwrite what the login wrote.
#[derive(Clone, Copy)]
pub(crate) struct Crossing<'a> {
    pub(crate) seen: &'a Entries,
    /// The session before the renew, for lifetime and principal; `None` leaves both as they are.
    pub(crate) before: Option<&'a Live>,
}

/// What a request has seen of its session after a write that crossed somebody's renew: its own changes, `from` the
/// record before `to` the record after, where they took effect on what it had seen. Not what the other one wrote: that
/// belongs to whoever has the new id.
pub(crate) fn saw(seen: &mut Entries, from: &Entries, to: &Entries) {
    for (name, value) in to.iter() {
        let old = from.get(name);
        if old != Some(value) && old == seen.get(name) {
            seen.set(name, value);
        }
    }
    for (name, old) in from.iter() {
        if to.get(name).is_none() && seen.get(name) == Some(old) {
            seen.remove(name);
        }
    }
}

#[derive(Clone)]
enum Step {
    Set(Bytes),
    /// Put, if nothing is there.
    Ensure(Bytes),
    Remove,
    /// Apart, since it is three times as large as the others.
    Apply(Box<Applied>),
}

#[derive(Clone)]
struct Applied {
    run: Apply,
    input: Option<Bytes>,
    /// What `run` made of `input`. As long as the value is the same, the closure does not run again.
    output: Bytes,
}

type Steps = SmallVec<[Step; 1]>;

/// What was done before a [`Rewrite`], and the rewrite: it sees the former, and what comes after it acts on its result.
#[derive(Clone)]
struct Earlier {
    edits: Entrywise,
    run: Rewrite,
    input: Entries,
    /// What `run` made of `input`. As long as that is the same, it does not run again.
    output: Changes,
}

/// Edits of entries one by one, in any order of the entries.
#[derive(Clone, Default)]
struct Entrywise {
    /// Everything that is there at the time of the save goes, before any step.
    cleared: bool,
    steps: BTreeMap<ByteString, Steps>,
}

/// Steps that an edit made void. Their closures are user code, whose `Drop` must not run while the session is borrowed:
/// drop this after the borrow.
#[must_use = "drop it only after the session's borrow"]
pub(crate) struct Dropped(#[expect(dead_code, reason = "kept only to be dropped later")] Replaced);

enum Replaced {
    One(#[expect(dead_code, reason = "kept only to be dropped later")] Option<Steps>),
    All(
        #[expect(dead_code, reason = "kept only to be dropped later")] BTreeMap<ByteString, Steps>,
        #[expect(dead_code, reason = "kept only to be dropped later")] Vec<Earlier>,
    ),
}

/// The edit log of one session in one request. A clone shares values and closures.
///
/// # Internal invariant
///
/// The steps of an entry begin with the last `Set` or `Remove`; what lay before it has no effect any more.
#[derive(Clone, Default)]
pub(crate) struct Edits {
    /// Empty unless a typed session was updated.
    earlier: Vec<Earlier>,
    last: Entrywise,
    flashes: Vec<NewFlash>,
    lifetime: Option<(Lifetime, Option<Timestamp>)>,
    /// Outside whether it was set, inside to whom.
    #[expect(clippy::option_option, reason = "the two questions are two options")]
    principal: Option<Option<ByteString>>,
}

impl Edits {
    /// Whether nothing was done.
    pub(crate) fn is_empty(&self) -> bool {
        self.earlier.is_empty() && self.last.is_empty() && !self.beyond_entries()
    }

    /// Whether something was done that the entries do not show.
    pub(crate) fn beyond_entries(&self) -> bool {
        !self.flashes.is_empty() || self.lifetime.is_some() || self.principal.is_some()
    }

    /// Puts an entry, whatever was there.
    pub(crate) fn set(&mut self, name: ByteString, value: Bytes) -> Dropped {
        Dropped(Replaced::One(
            self.last.steps.insert(name, smallvec![Step::Set(value)]),
        ))
    }

    /// Puts an entry if there is none at the time of the save.
    pub(crate) fn ensure(&mut self, name: ByteString, value: Bytes) {
        self.last.steps.entry(name).or_default().push(Step::Ensure(value));
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, name: ByteString) -> Dropped {
        Dropped(Replaced::One(
            self.last.steps.insert(name, smallvec![Step::Remove]),
        ))
    }

    /// Changes an entry by a closure, which made `output` of `input` when it ran for the first time.
    pub(crate) fn apply(&mut self, name: ByteString, run: Apply, input: Option<Bytes>, output: Bytes) {
        self.last
            .steps
            .entry(name)
            .or_default()
            .push(Step::Apply(Box::new(Applied { run, input, output })));
    }

    /// Takes every entry out, also those that other requests put in before the save. Flash messages stay.
    pub(crate) fn clear(&mut self) -> Dropped {
        self.last.cleared = true;
        Dropped(Replaced::All(
            std::mem::take(&mut self.last.steps),
            std::mem::take(&mut self.earlier),
        ))
    }

    /// Changes several entries at once, by a closure that made `output` of `input` when it ran for the first time.
    pub(crate) fn rewrite(&mut self, run: Rewrite, input: Entries, output: Changes) {
        self.earlier.push(Earlier {
            edits: std::mem::take(&mut self.last),
            run,
            input,
            output,
        });
    }

    /// Adds a flash message.
    pub(crate) fn add_flash(&mut self, flash: NewFlash) {
        self.flashes.push(flash);
    }

    /// Forgets messages that this request added, because it took them itself.
    pub(crate) fn retain_flashes(&mut self, keep: impl FnMut(&NewFlash) -> bool) {
        self.flashes.retain(keep);
    }

    /// Sets what the cookie's `Max-Age` follows, and the absolute end that goes with it; `None` leaves the end as it is.
    pub(crate) fn set_lifetime(&mut self, lifetime: Lifetime, deadline: Option<Timestamp>) {
        let earlier = self.lifetime.and_then(|(_, deadline)| deadline);
        self.lifetime = Some((lifetime, deadline.or(earlier)));
    }

    /// Sets whose session it is.
    #[allow(
        dead_code,
        reason = "records and backends know principals already; signing in does not set one yet"
    )]
    pub(crate) fn set_principal(&mut self, principal: Option<ByteString>) {
        self.principal = Some(principal);
    }

    /// Applies the log to the contents of a record.
    ///
    /// Across a renew, what sets or removes acts only on what this request saw; `apply` and flash messages always arrive.
    ///
    /// # Errors
    ///
    /// What a closure of `apply` answers, for example that the value now has another type.
    pub(crate) fn replay(&self, base: &Live, crossing: Option<Crossing<'_>>) -> Result<Live, SessionError> {
        let mut live = base.clone();
        for Earlier {
            edits,
            run,
            input,
            output,
        } in &self.earlier
        {
            edits.replay(&mut live.entries, &base.entries, crossing)?;
            if live.entries == *input {
                output.apply(&mut live.entries);
            } else {
                run(&live.entries)?.apply(&mut live.entries);
            }
        }
        self.last.replay(&mut live.entries, &base.entries, crossing)?;
        for flash in &self.flashes {
            live.flashes.push(flash.stored(live.next_seq));
            live.next_seq = live.next_seq.saturating_add(1);
        }
        if let Some((lifetime, deadline)) = self.lifetime
            && acts(crossing, |before| {
                (before.lifetime, before.deadline) == (base.lifetime, base.deadline)
            })
        {
            live.lifetime = lifetime;
            live.deadline = deadline.unwrap_or(live.deadline);
        }
        if let Some(principal) = &self.principal
            && acts(crossing, |before| before.principal == base.principal)
        {
            live.principal.clone_from(principal);
        }
        Ok(live)
    }
}

impl Entrywise {
    fn is_empty(&self) -> bool {
        !self.cleared && self.steps.is_empty()
    }

    /// Applies the edits to the entries of a record, which were `base` when the replay began.
    fn replay(
        &self,
        entries: &mut Entries,
        base: &Entries,
        crossing: Option<Crossing<'_>>,
    ) -> Result<(), SessionError> {
        if self.cleared {
            clear(entries, base, crossing);
        }
        let mut changes: SmallVec<[(&str, Option<Bytes>); 2]> = SmallVec::new();
        for (name, steps) in &self.steps {
            let unchanged = crossing.is_none_or(|crossing| crossing.seen.get(name) == base.get(name));
            let present = entries.shared(name);
            changes.push((name, step(steps, present, unchanged)?));
        }
        entries.merge(changes.iter().map(|(name, value)| (*name, value.as_deref())));
        Ok(())
    }
}

/// Whether an edit beside the entries takes effect: always, but across a renew only on what is still unchanged.
fn acts(crossing: Option<Crossing<'_>>, unchanged: impl FnOnce(&Live) -> bool) -> bool {
    crossing.is_none_or(|crossing| crossing.before.is_some_and(unchanged))
}

/// Takes out what was there; across a renew only what this request saw.
fn clear(entries: &mut Entries, base: &Entries, crossing: Option<Crossing<'_>>) {
    entries.clear();
    if let Some(Crossing { seen, .. }) = crossing {
        for (name, value) in base.iter().filter(|(name, value)| seen.get(name) != Some(*value)) {
            entries.set(name, value);
        }
    }
}

/// The value of one entry after its steps.
fn step(steps: &[Step], mut value: Option<Bytes>, unchanged: bool) -> Result<Option<Bytes>, SessionError> {
    for step in steps {
        match step {
            Step::Apply(applied) if applied.input == value => value = Some(applied.output.clone()),
            Step::Apply(applied) => value = Some((applied.run)(value.as_deref())?),
            _ if !unchanged => {}
            Step::Set(new) => value = Some(new.clone()),
            Step::Remove => value = None,
            Step::Ensure(new) => {
                value.get_or_insert_with(|| new.clone());
            }
        }
    }
    Ok(value)
}

/// Shows how much was done, not what.
impl fmt::Debug for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edits")
            .field("cleared", &self.last.cleared)
            .field("entries", &self.last.steps.len())
            .field("rewrites", &self.earlier.len())
            .field("flashes", &self.flashes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "edits_tests.rs"]
mod tests;
