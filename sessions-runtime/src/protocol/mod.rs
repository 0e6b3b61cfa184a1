//! How requests that overlap share one session on a server, without losing each other's changes.
//!
//! Each call of a [`Backend`](crate::backend::Backend) is one atomic step, and between any two steps of one request other
//! requests may take theirs. Every rule here closes an order of steps in which something would be lost or come back; the
//! tests walk through all orders of two and three requests.
//!
//! - **Save**: replace in the version that was loaded. On a conflict reload, and replay the edit log on what is there now.
//! - **Gone** means ended: changes are dropped. Nothing is ever written for a session that is not there.
//! - **Renew**: create the new record, then replace the old one by a `moved` that points to it. Of two renewals one wins;
//!   the other merges its edits into the winner's session and never learns its id.
//! - **Destroy**: delete in the version that was loaded. On a conflict follow `moved`, so that a renewed session dies too.
//! - **Flash messages**: taken by a replace that removes nothing else, so that one of two readers gets them.
//! - **A handle** outlives its request, but follows the same rules: it loads, changes, and saves.
//! - **Only conflicts are tried again**, within a bound. After a time-out nobody knows what happened, and a second try
//!   could do it twice.

mod apart;
mod destroy;
mod edits;
mod flashes;
mod held;
mod renew;
mod save;
mod touch;

#[cfg(test)]
mod explore;
#[cfg(test)]
mod outcomes;

pub(crate) use apart::{Changed, change, look};
pub(crate) use destroy::destroy;
pub(crate) use edits::{Dropped, Edits, NewFlash, Rewrite, saw};
pub(crate) use flashes::{Claimed, claim, put_back};
pub(crate) use held::{Held, Loaded, Terms, follow, load};
pub(crate) use renew::{Prepared, Renewed, abandon, commit, prepare};
pub(crate) use save::{Saved, create, save};
pub(crate) use touch::{touch, touch_due};
