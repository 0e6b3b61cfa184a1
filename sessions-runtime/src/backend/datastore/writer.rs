//! The one thread that writes: commits what is queued together, and in its pauses purges and makes checkpoints.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tracing::{debug, warn};

use super::failure::{Failure, Result};
use super::file;
use super::presence::Presence;
use super::queue::Task;
use super::settings::{Settings, Synchronous};
use super::writes::{Writing, seconds};
use crate::clock::Timestamp;

/// How many writes one transaction takes at most, which bounds how long it is open.
const BATCH: usize = 256;

/// How long the writer waits for a batch to become as large as the last one: about what a fast disk takes to write.
const GATHERING: Duration = Duration::from_micros(150);

/// How long the writer sleeps where nothing is to be done: it takes so long to notice that the file was deleted.
const SLEEP: Duration = Duration::from_secs(1);

/// How long nobody may have written before the writer does what can wait, step by step until somebody writes again. At
/// a hundred writes a second and more there hardly is such a pause.
const QUIET: Duration = Duration::from_millis(50);

/// About how many pages a purged record adds to the log: one of the table, and one of the index.
const PURGED: usize = 2;

/// How many pages the log may have before a checkpoint is made in a pause.
const LOG_IN_PAUSES: usize = 1_000;

/// How many pages, 64 MB, the log may have before a checkpoint is made without a pause. It takes a tenth of a second,
/// so it has to be rare: measured at half and at a quarter of this, one save in a hundred and more waited for one.
const LOG_AT_MOST: usize = 16_000;

type Batch = Vec<Box<dyn Task>>;

/// The state of the thread.
pub(super) struct Writer {
    settings: Arc<Settings>,
    presence: Arc<Presence>,
    connection: Connection,
    /// How its next commit takes place.
    synchronous: Synchronous,
    last_batch: usize,
    /// About how many pages the log has since the last checkpoint.
    logged: usize,
    /// When expired records are looked for again, now while there are more; `None` where the application does it.
    next_purge: Option<Timestamp>,
    /// How many pages a purge amid writes may add to the log: as many as they have added. So purging doubles what
    /// checkpoints have to move at most, and it keeps up all the same, because who expires has been written before.
    earned: usize,
    /// Nobody has written for a while.
    quiet: bool,
}

impl Writer {
    pub(super) fn new(settings: Arc<Settings>, presence: Arc<Presence>, connection: Connection) -> Self {
        let next_purge = settings.purge_interval.map(|_| settings.clock.now());
        Self {
            synchronous: settings.synchronous,
            settings,
            presence,
            connection,
            last_batch: 0,
            logged: 0,
            next_purge,
            earned: 0,
            quiet: false,
        }
    }

    /// Works until all callers are gone and what they queued is done.
    pub(super) fn run(mut self, queue: &Receiver<Box<dyn Task>>) {
        loop {
            match queue.recv_timeout(self.patience()) {
                Ok(first) => {
                    self.quiet = false;
                    let batch = self.gather(first, queue);
                    self.write(batch);
                    self.purge_as_earned();
                    if self.logged >= LOG_AT_MOST {
                        self.checkpoint();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.quiet = true;
                    self.pause();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close();
    }

    /// Takes what is queued. Those who were answered just now are about to send the next writes: without waiting for
    /// them for a moment, every other batch would be the quickest of them alone.
    fn gather(&mut self, first: Box<dyn Task>, queue: &Receiver<Box<dyn Task>>) -> Batch {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let end = Instant::now() + GATHERING;
        while batch.len() < self.last_batch {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(task) = queue.recv_timeout(left) else { break };
            batch.push(task);
        }
        self.last_batch = batch.len();
        batch
    }

    /// How long to wait for a write before doing something else.
    fn patience(&self) -> Duration {
        if !self.is_purge_due() && self.logged < LOG_IN_PAUSES {
            SLEEP
        } else if self.quiet {
            Duration::ZERO
        } else {
            QUIET
        }
    }

    fn is_purge_due(&self) -> bool {
        self.next_purge
            .is_some_and(|next| next <= self.settings.clock.now())
    }

    /// Nobody writes: one thing at a time, so that whoever begins to waits for one at most.
    fn pause(&mut self) {
        if self.presence.check().is_err() {
            self.put_purge_off();
        } else if self.logged >= LOG_IN_PAUSES {
            self.checkpoint();
        } else if self.is_purge_due() {
            self.purge();
        }
    }

    /// Commits a batch and answers it.
    fn write(&mut self, mut batch: Batch) {
        let mut undone = false;
        match self.transact(&mut batch, &mut undone) {
            Err(_) if undone && batch.len() > 1 => {
                // SQLite undoes all of a transaction where, for example, one record does not fit into the file any
                // more. That one must not take the others with it.
                for task in batch {
                    let mut alone = vec![task];
                    let outcome = self.transact(&mut alone, &mut undone);
                    finish(alone, &outcome);
                }
            }
            outcome => finish(batch, &outcome),
        }
    }

    /// Does a batch in one transaction. `undone` says whether it was one of the writes that ended it.
    fn transact(&mut self, batch: &mut Batch, undone: &mut bool) -> Result<()> {
        let pages = batch.iter().map(|task| task.pages()).sum::<usize>();
        self.logged += pages;
        self.earned += pages;
        self.commit_by(self.settings.synchronous)?;
        self.transaction(|writing| {
            for task in batch {
                // One that failed alone has its failure as its answer.
                if let Err(failure) = task.apply(writing)
                    && writing.connection.is_autocommit()
                {
                    *undone = true;
                    return Err(failure);
                }
            }
            Ok(())
        })
    }

    /// From now on commits wait for the disk, or do not. A save whose commit would not wait, though it should, fails.
    fn commit_by(&mut self, synchronous: Synchronous) -> Result<()> {
        if self.synchronous != synchronous {
            file::synchronise(&self.connection, synchronous)?;
            self.synchronous = synchronous;
        }
        Ok(())
    }

    /// One transaction. When this returns it is in the file, as firmly as was said last, or nothing of it took place.
    fn transaction<T>(&mut self, work: impl FnOnce(&Writing<'_>) -> Result<T>) -> Result<T> {
        self.presence.check()?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&Writing {
            connection: &transaction,
            // Looked at when the lock is there: the wait for it may have been long.
            now: seconds(self.settings.clock.now()),
        })?;
        transaction.commit()?;
        Ok(done)
    }

    /// Purges as many records as were written, so that it keeps up however many are written together.
    fn purge_as_earned(&mut self) {
        let price = PURGED * self.settings.purge_batch;
        while self.is_purge_due() && self.earned >= price {
            self.earned -= price;
            self.purge();
        }
        // What is earned while there is nothing to purge would be spent all at once.
        if !self.is_purge_due() {
            self.earned = 0;
        }
    }

    /// Takes one batch of expired records out. Nobody waits for it to be on the disk: after a loss of power they would
    /// be purged again. The next save puts it there with itself.
    fn purge(&mut self) {
        let limit = self.settings.purge_batch;
        let purged = self
            .commit_by(Synchronous::Normal)
            .and_then(|()| self.transaction(|writing| writing.purge(limit)));
        match &purged {
            Ok(0) => {}
            Ok(count) => {
                self.logged += PURGED * count;
                debug!(count, "expired sessions were purged");
            }
            Err(failure) => warn!(%failure, "expired sessions cannot be purged"),
        }
        if !matches!(purged, Ok(count) if count >= limit) {
            self.put_purge_off();
        }
    }

    fn put_purge_off(&mut self) {
        let now = self.settings.clock.now();
        self.next_purge = self.settings.purge_interval.map(|interval| now.after(interval));
    }

    /// Moves what the log has into the file, as far as no reader still needs the old state. It keeps nobody out.
    fn checkpoint(&mut self) {
        self.logged = 0;
        if let Err(failure) = self.run_checkpoint("PRAGMA wal_checkpoint(PASSIVE)") {
            warn!(%failure, "the log of the session database cannot be moved into its file");
        }
    }

    fn run_checkpoint(&self, sql: &str) -> Result<()> {
        Ok(self.connection.query_row(sql, [], |_| Ok(()))?)
    }

    /// Leaves one file where nobody else has it open, and the log short otherwise. Where the file was moved meanwhile,
    /// it is the moved one that gets what the log has, and SQLite removes no log from the place of another file.
    fn close(self) {
        let closed = self
            .connection
            .busy_timeout(Duration::ZERO)
            .map_err(Failure::from)
            .and_then(|()| self.run_checkpoint("PRAGMA wal_checkpoint(TRUNCATE)"));
        if let Err(failure) = closed {
            debug!(%failure, "the log of the session database is left as it is");
        }
    }
}

fn finish(batch: Batch, outcome: &Result<()>) {
    for task in batch {
        task.finish(outcome.clone());
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
