//! The way of a write from a call to the writer, and of its answer back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::failure::{Failure, Result};
use super::writes::{Nothing, Write, Writing};
use crate::error::ErrorKind;

/// The callers' end. When it is dropped, the writer does what is queued, closes the file, and has ended.
pub(super) struct Queue {
    /// `None` only while it is dropped.
    sender: Option<SyncSender<Box<dyn Task>>>,
    writer: Option<JoinHandle<()>>,
    timeout: Duration,
    /// How many calls were dropped after their write had begun.
    dropped: AtomicU64,
    /// How many of these are known to have ended since.
    settled: AtomicU64,
}

/// A queued write, whatever it answers.
pub(super) trait Task: Send {
    /// About how many pages it adds to the log.
    fn pages(&self) -> usize;

    /// Does it inside a transaction, unless nobody waits for it any more, and keeps the answer.
    fn apply(&mut self, on: &Writing<'_>) -> Result<()>;

    /// Gives the answer, or the failure of the transaction.
    fn finish(self: Box<Self>, outcome: Result<()>);
}

struct Queued<W: Write> {
    write: W,
    answer: Option<Result<W::Answer>>,
    reply: oneshot::Sender<Result<W::Answer>>,
    stage: Arc<Stage>,
}

/// How far a write is, which its caller and the writer decide together: it is begun, or it is dropped before.
struct Stage(AtomicU8);

const QUEUED: u8 = 0;
const BEGUN: u8 = 1;
const DROPPED: u8 = 2;

/// A call that waits. Dropped, it takes back what has not begun, and takes note of what has.
struct Waiting<'a> {
    queue: &'a Queue,
    stage: Arc<Stage>,
    answered: bool,
}

impl Queue {
    /// Starts the writer.
    pub(super) fn start(
        bound: usize,
        timeout: Duration,
        write: impl FnOnce(Receiver<Box<dyn Task>>) + Send + 'static,
    ) -> Result<Self> {
        let (sender, receiver) = sync_channel(bound);
        let writer = std::thread::Builder::new()
            .name("sessions-writer".to_owned())
            .spawn(move || write(receiver))
            .map_err(|err| {
                let message = "no thread could be started for the writer of the session database";
                Failure::new(ErrorKind::Unavailable, message).because(err)
            })?;
        Ok(Self {
            sender: Some(sender),
            writer: Some(writer),
            timeout,
            dropped: AtomicU64::new(0),
            settled: AtomicU64::new(0),
        })
    }

    /// Queues a write and waits for its answer.
    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Answer> {
        Handle::try_current().map_err(|err| Failure::outside().because(err))?;
        let (reply, answer) = oneshot::channel();
        let stage = Arc::new(Stage(AtomicU8::new(QUEUED)));
        self.send(write, reply, stage.clone())?;
        let mut waiting = Waiting {
            queue: self,
            stage,
            answered: false,
        };
        match timeout(self.timeout, answer).await {
            Ok(answer) => {
                waiting.answered = true;
                answer.unwrap_or_else(|_| Err(ended()))
            }
            Err(_) if waiting.stage.move_to(DROPPED) => Err(Failure::new(
                ErrorKind::Busy,
                "a write waited for the session database for longer than `timeout`, and was given up: the disk is \
                 too slow for so many, or another program holds a lock",
            )),
            Err(_) => Err(Failure::new(
                ErrorKind::Unavailable,
                "the session database took longer to write than `timeout`; whether it will yet, nobody knows",
            )),
        }
    }

    /// Queues a write that takes place whether or not anybody waits.
    pub(super) fn push<W: Write>(&self, write: W) -> Result<()> {
        let (reply, _) = oneshot::channel();
        self.send(write, reply, Arc::new(Stage(AtomicU8::new(BEGUN))))
    }

    /// Waits until calls that were dropped amid their writing have ended, so that a read after them sees whether they
    /// took place. There are none in most lives.
    pub(super) async fn settle(&self) {
        let dropped = self.dropped.load(Ordering::Acquire);
        if self.settled.load(Ordering::Acquire) < dropped && self.write(Nothing).await.is_ok() {
            self.settled.fetch_max(dropped, Ordering::AcqRel);
        }
    }

    /// Never blocks: a full queue is an answer.
    fn send<W: Write>(
        &self,
        write: W,
        reply: oneshot::Sender<Result<W::Answer>>,
        stage: Arc<Stage>,
    ) -> Result<()> {
        let Some(sender) = &self.sender else {
            return Err(ended());
        };
        let queued = Queued {
            write,
            answer: None,
            reply,
            stage,
        };
        sender.try_send(Box::new(queued)).map_err(|err| match err {
            TrySendError::Full(_) => Failure::new(
                ErrorKind::Busy,
                "more writes wait for the session database than `queue` allows: the disk is too slow for so many, or \
                 another program holds a lock",
            ),
            TrySendError::Disconnected(_) => ended(),
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(writer) = self.writer.take() {
            // An `Err` is its panic, of which the panic hook has told already.
            drop(writer.join());
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered && !self.stage.move_to(DROPPED) {
            self.queue.dropped.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Stage {
    /// Whether it is there now: nobody has moved it elsewhere.
    fn move_to(&self, stage: u8) -> bool {
        match self
            .0
            .compare_exchange(QUEUED, stage, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => true,
            Err(present) => present == stage,
        }
    }
}

impl<W: Write> Task for Queued<W> {
    fn pages(&self) -> usize {
        self.write.pages()
    }

    fn apply(&mut self, on: &Writing<'_>) -> Result<()> {
        if !self.stage.move_to(BEGUN) {
            return Ok(());
        }
        let answer = self.write.apply(on);
        let outcome = answer.as_ref().map(drop).map_err(Clone::clone);
        self.answer = Some(answer);
        outcome
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        let Self {
            write, answer, reply, ..
        } = *self;
        let answer = outcome.and_then(|()| answer.unwrap_or_else(|| Err(ended())));
        if answer.is_ok() {
            write.done();
        }
        // Whoever does not wait any more has given up the answer.
        drop(reply.send(answer));
    }
}

fn ended() -> Failure {
    Failure::new(
        ErrorKind::Unavailable,
        "the writer of the session database has ended",
    )
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
