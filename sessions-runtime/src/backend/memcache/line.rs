//! The callers' side of a connection: commands go into one buffer, and each gets a place to wait for its reply.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::address::Address;
use super::driver::Driver;
use super::failure::{Cause, Failure};
use super::greeting::Greeting;
use super::options::Options;
use super::reply::Status;
use super::wire::{Command, Key};
use crate::backend::backoff::Backoff;
use crate::clock::{Clock, Timestamp};

/// More bytes than these do not wait for one connection, whatever the number of calls.
const MOST_BYTES: usize = 16 * 1_024 * 1_024;
/// What memcached keeps beside key and data: a header, the version, and some bytes of separators.
const ITEM_HEADER: usize = 64;

/// What all connections to one server share.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: Arc<str>,
    pub(super) address: Address,
    pub(super) options: Arc<Options>,
    /// The largest item that the server takes, as far as it has said so.
    pub(super) item_size: AtomicUsize,
    /// How many seconds its clock is ahead of the system's.
    pub(super) ahead: AtomicI64,
    /// Whether it failed last, so that an outage is logged once.
    pub(super) down: AtomicBool,
    /// Logs that it runs with `-M`.
    pub(super) no_eviction: Once,
}

impl Target {
    pub(super) fn failure(&self, cause: Cause) -> Failure {
        Failure::new(&self.name, cause)
    }

    /// The present second by the server's clock.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::Relaxed);
        Timestamp::from_unix(Clock::system().now().unix().saturating_add_signed(ahead))
    }

    fn limit(&self) -> usize {
        self.item_size
            .load(Ordering::Relaxed)
            .min(self.options.max_item_size)
    }
}

/// What a caller gets.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: Status,
    pub(super) version: Option<u64>,
    pub(super) left: Option<u64>,
    pub(super) stale: bool,
    pub(super) data: Bytes,
}

pub(super) type Answer = Result<Reply, Failure>;

/// A call whose reply has not come. Its caller may be gone: the reply is then read all the same, and thrown away.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) opaque: u64,
    pub(super) since: Instant,
    /// How long the command is, and the item that it stores.
    length: usize,
    item: usize,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// One connection to a server, for the calls of one thread. It is made by the first call, and again by the first one
/// after it ended.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) target: Arc<Target>,
    /// Held for the writing of one command; never across an await, nor while a waker runs.
    state: Mutex<State>,
}

/// # Internal invariant
///
/// `out` holds the commands of `queued`, in that order, and nothing else. Without a driver both are empty.
#[derive(Debug, Default)]
struct State {
    out: Vec<u8>,
    queued: Vec<Waiter>,
    /// How many calls the driver waits for.
    in_flight: usize,
    driven: bool,
    driver: Option<Waker>,
    /// Nobody will call any more.
    closed: bool,
    last_opaque: u64,
    backoff: Backoff<Failure>,
}

impl Line {
    pub(super) fn new(target: Arc<Target>) -> Self {
        Self {
            target,
            state: Mutex::default(),
        }
    }

    /// Sends a command off; its answer comes through the channel. Fails at once while the server is left alone, where
    /// too many calls wait, and where the item is too large.
    pub(super) fn send(
        self: &Arc<Self>,
        runtime: &Handle,
        key: &Key<'_>,
        command: &Command<'_>,
    ) -> Result<oneshot::Receiver<Answer>, Failure> {
        let (target, data) = (&self.target, command.data());
        let item = if data.is_empty() {
            0
        } else {
            ITEM_HEADER + key.len() + data.len()
        };
        if item > target.limit() {
            let (size, limit) = (item, target.limit());
            return Err(target.failure(Cause::TooLarge { size, limit }));
        }
        let (answer, receiver) = oneshot::channel();
        let since = Instant::now();
        let mut state = self.state();
        if !state.driven
            && let Some(failure) = state.backoff.refuses(since)
        {
            return Err(failure.again());
        }
        let pending = state.queued.len() + state.in_flight;
        if pending >= target.options.max_pending || state.out.len() > MOST_BYTES {
            return Err(target.failure(Cause::Crowded(pending)));
        }
        state.last_opaque += 1;
        let (opaque, before) = (state.last_opaque, state.out.len());
        command.write(key, opaque, &mut state.out);
        let length = state.out.len() - before;
        state.queued.push(Waiter {
            opaque,
            since,
            length,
            item,
            answer,
        });
        let (start, waker) = (!mem::replace(&mut state.driven, true), state.driver.take());
        drop(state);
        if start {
            runtime.spawn(Driver::new(self.clone()).run());
        } else if let Some(waker) = waker {
            waker.wake();
        }
        Ok(receiver)
    }

    /// The driver's side: registers it for the next command, and takes what there is. `false`: nobody will call any
    /// more, and nothing waits.
    pub(super) fn take(
        &self,
        context: &Context<'_>,
        in_flight: usize,
        out: &mut Vec<u8>,
        waiters: &mut impl Extend<Waiter>,
    ) -> bool {
        let mut state = self.state();
        state.in_flight = in_flight + state.queued.len();
        if !state
            .driver
            .as_ref()
            .is_some_and(|waker| waker.will_wake(context.waker()))
        {
            state.driver = Some(context.waker().clone());
        }
        mem::swap(&mut state.out, out);
        waiters.extend(state.queued.drain(..));
        state.in_flight > 0 || !state.closed
    }

    /// The driver's side, before anything was sent: the server has told its clock and its limit, and what is too large for
    /// it is not sent. It would delete the record that was to be replaced.
    pub(super) fn greeted(&self, greeting: &Greeting) {
        let target = &self.target;
        target
            .item_size
            .store(greeting.item_size.unwrap_or(usize::MAX), Ordering::Relaxed);
        if let Some(there) = greeting.time {
            let ahead = i64::try_from(i128::from(there) - i128::from(Clock::system().now().unix()));
            target.ahead.store(ahead.unwrap_or_default(), Ordering::Relaxed);
        }
        let limit = target.limit();
        let mut state = self.state();
        if state.queued.iter().all(|waiter| waiter.item <= limit) {
            return;
        }
        let (out, mut begin, mut refused) = (mem::take(&mut state.out), 0, Vec::new());
        for waiter in mem::take(&mut state.queued) {
            let end = begin + waiter.length;
            if waiter.item <= limit {
                state.out.extend_from_slice(&out[begin..end]);
                state.queued.push(waiter);
            } else {
                refused.push(waiter);
            }
            begin = end;
        }
        drop(state);
        for waiter in refused {
            let size = waiter.item;
            waiter.tell(Err(self.target.failure(Cause::TooLarge { size, limit })));
        }
    }

    /// The driver's side: the first reply of a connection has come.
    pub(super) fn works(&self) {
        self.state().backoff.succeed();
        if self.target.down.swap(false, Ordering::Relaxed) {
            tracing::info!(server = %self.target.name, "memcached answers again");
        }
    }

    /// The driver's side: the connection ended without harm. `false`: there are commands for a new one.
    pub(super) fn rests(&self) -> bool {
        let mut state = self.state();
        state.in_flight = 0;
        state.driven = !state.queued.is_empty();
        state.driver = None;
        !state.driven
    }

    /// The driver's side: the connection failed, or there was none. Nothing that waits is repeated: it may have been sent.
    pub(super) fn fail(&self, failure: &Failure, in_flight: impl IntoIterator<Item = Waiter>) {
        if !self.target.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                server = %self.target.name,
                error = %failure,
                cause = std::error::Error::source(failure).map(tracing::field::display),
                "memcached fails; its sessions are refused until it answers"
            );
        }
        let mut state = self.state();
        state
            .backoff
            .fail(failure.clone(), Instant::now(), self.target.options.max_backoff);
        let queued = state.reset();
        drop(state);
        for waiter in in_flight.into_iter().chain(queued) {
            waiter.tell(Err(failure.clone()));
        }
    }

    /// The driver's side: its runtime ended. Who waits is told by the end of the channel.
    pub(super) fn abandon(&self) {
        let abandoned = self.state().reset();
        drop(abandoned);
    }

    /// Lets the connection end as soon as nothing waits for it.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let waker = state.driver.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// No call leaves the state half changed, so a panic in another thread is no reason to refuse.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Without a driver, and without what waited for it.
    fn reset(&mut self) -> Vec<Waiter> {
        self.out = Vec::new();
        self.in_flight = 0;
        self.driven = false;
        self.driver = None;
        mem::take(&mut self.queued)
    }
}

impl Waiter {
    pub(super) fn tell(self, answer: Answer) {
        // The caller may be gone, and with it whoever wanted to know.
        let _ = self.answer.send(answer);
    }
}
