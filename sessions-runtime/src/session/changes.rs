//! What typed sessions do to a session: several entries at once.

use super::{Session, Stored};
use crate::error::SessionError;
use crate::protocol::Rewrite;
use crate::record::{Change, Changes, Entries};

impl Session {
    /// The entries as they are now.
    pub(crate) fn entries(&self) -> Result<Entries, SessionError> {
        self.read(|state| state.live.entries.clone())
    }

    /// Which of the sessions under this handle it is: `destroy` begins a new one.
    pub(crate) fn life(&self) -> u32 {
        self.inner.state.borrow().life
    }

    /// Makes changes that were worked out from entries seen earlier.
    pub(crate) fn change(&self, changes: &Changes) -> Result<(), SessionError> {
        if changes.is_empty() {
            return Ok(());
        }
        let replaced = self.write(|state| {
            let mut replaced = Vec::new();
            for (name, change) in &changes.list {
                let present = state.live.entries.get(name);
                let vain = match change {
                    Change::Set(value) => present == Some(&**value),
                    Change::Ensure(_) => present.is_some(),
                    // Another request may have put it there meanwhile.
                    Change::Remove => false,
                };
                if vain {
                    continue;
                }
                if let Stored::Server(kept) = &mut state.stored {
                    match change {
                        Change::Set(value) => replaced.push(kept.edits.set(name.clone(), value.clone())),
                        Change::Ensure(value) => kept.edits.ensure(name.clone(), value.clone()),
                        Change::Remove => replaced.push(kept.edits.remove(name.clone())),
                    }
                }
            }
            changes.apply(&mut state.live.entries);
            replaced
        })?;
        // What closures of replaced updates captured is user code: dropped after the borrow.
        drop(replaced);
        Ok(())
    }

    /// Makes changes that `run` worked out from `input`, and that it works out anew from what is there at the save.
    pub(crate) fn rewrite(&self, run: Rewrite, input: Entries, output: Changes) -> Result<(), SessionError> {
        self.write(|state| {
            output.apply(&mut state.live.entries);
            if let Stored::Server(kept) = &mut state.stored {
                kept.edits.rewrite(run, input, output);
            }
        })
    }
}
