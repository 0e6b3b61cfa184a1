//! One connection for all calls of one thread, made anew when it is in doubt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, RedisResult, ScriptInvocation, Value};
use tokio::sync::OnceCell;
use tokio::time::{timeout, timeout_at};

use super::failure::{Cause, Failure};
use super::open::Open;
use super::options::Options;
use crate::backend::backoff::Backoff;

/// What is asked of the server.
#[derive(Clone, Copy)]
pub(super) enum Ask<'a> {
    /// A command that reads, and may be sent again where its connection had ended.
    Read(&'a Cmd),
    /// A script that changes something: sent once.
    Script(&'a ScriptInvocation<'a>),
}

/// Where a link leads to.
pub(super) struct Target {
    pub(super) name: Arc<str>,
    pub(super) client: Client,
    pub(super) options: Arc<Options>,
}

/// The connection of a thread to the server.
pub(super) struct Link {
    target: Arc<Target>,
    state: Mutex<State>,
}

/// The lock is held for a few instructions, never across an await.
#[derive(Default)]
struct State {
    /// Filled by the first call that needs it; the others wait for that one. A connection in doubt is replaced by an
    /// empty cell: who still waits for an answer on the old one keeps it alive as long as that takes.
    connection: Arc<OnceCell<Open>>,
    backoff: Backoff<Failure>,
}

impl Link {
    pub(super) fn new(target: Arc<Target>) -> Self {
        Self {
            target,
            state: Mutex::default(),
        }
    }

    /// One step at the server, in bounded time.
    ///
    /// The library does not tell a command that was never sent from one whose answer was lost. So only what reads is sent
    /// again, where a connection breaks in the same moment.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Value, Failure> {
        let started = Instant::now();
        let cell = self.present(started)?;
        // A connection that is there bounds the wait for its answers itself. A second timer would be set and taken back
        // by every call, so only one that may have to connect has it.
        let answer = match cell.get() {
            Some(open) => self.send(open, &cell, ask).await,
            None => Box::pin(self.within(started, self.connect_and_send(started, ask))).await,
        };
        match (answer, ask) {
            (Err(failure), Ask::Read(_)) if matches!(failure.cause(), Cause::Dropped) => {
                Box::pin(self.within(started, self.connect_and_send(Instant::now(), ask))).await
            }
            (answer, _) => answer,
        }
    }

    /// The rest of a call, which is bounded as a whole.
    async fn within(
        &self,
        started: Instant,
        rest: impl Future<Output = Result<Value, Failure>>,
    ) -> Result<Value, Failure> {
        let limit = self.target.options.timeout;
        match timeout_at((started + limit).into(), rest).await {
            Ok(answer) => answer,
            Err(_) => Err(self.failed(Cause::ReplyTimeout(limit), None)),
        }
    }

    async fn connect_and_send(&self, now: Instant, ask: Ask<'_>) -> Result<Value, Failure> {
        let cell = self.present(now)?;
        let open = cell.get_or_try_init(|| self.connect(&cell)).await?;
        self.send(open, &cell, ask).await
    }

    async fn send(&self, open: &Open, cell: &Arc<OnceCell<Open>>, ask: Ask<'_>) -> Result<Value, Failure> {
        let mut connection = open.connection.clone();
        let answer = send(&mut connection, ask).await;
        // The lock of the state is taken for what changes it only.
        answer.map_err(|err| self.failed(Cause::of_command(&err, self.reply_timeout()), Some(cell)))
    }

    fn reply_timeout(&self) -> Duration {
        let options = &self.target.options;
        options.reply_timeout.min(options.timeout)
    }

    /// The present connection, which may still have to be made; the last failure while the server is left alone. One that
    /// ended while nobody used it is not present any more: what is sent next, a write among it, goes over a new one.
    fn present(&self, now: Instant) -> Result<Arc<OnceCell<Open>>, Failure> {
        let mut state = self.state();
        if let Some(failure) = state.backoff.refuses(now) {
            return Err(failure.again());
        }
        if state.connection.get().is_some_and(Open::has_ended) {
            state.connection = Arc::default();
        }
        Ok(state.connection.clone())
    }

    async fn connect(&self, cell: &Arc<OnceCell<Open>>) -> Result<Open, Failure> {
        // Who waited while another call failed to connect must not try for itself: all of them would, one by one.
        if let Some(failure) = self.state().backoff.refuses(Instant::now()) {
            return Err(failure.again());
        }
        let options = &self.target.options;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(options.connect_timeout))
            .set_response_timeout(Some(self.reply_timeout()));
        let connecting = Open::new(self.target.client.get_connection_info(), &config);
        match timeout(options.connect_timeout, connecting).await {
            Ok(Ok(connection)) => {
                self.state().backoff.succeed();
                Ok(connection)
            }
            Ok(Err(err)) => Err(self.failed(Cause::of_connecting(err, options.connect_timeout), Some(cell))),
            Err(_) => Err(self.failed(Cause::ConnectTimeout(options.connect_timeout), Some(cell))),
        }
    }

    /// Notes a failure. `of` is the connection it happened on, unless another call has replaced it already; without it,
    /// whichever is there.
    fn failed(&self, cause: Cause, of: Option<&Arc<OnceCell<Open>>>) -> Failure {
        let failure = Failure::new(&self.target.name, cause);
        let refused_at_the_door = of.is_some_and(|cell| !cell.initialized());
        if !failure.cause().ends_connection() && !refused_at_the_door {
            return failure;
        }
        let mut state = self.state();
        if of.is_none_or(|cell| Arc::ptr_eq(cell, &state.connection)) {
            state.connection = Arc::default();
            // A connection that broke, or leads to a replica, may be made again at once; one that cannot be made, or is
            // silent, is left alone.
            if !failure.cause().is_over_with_its_connection() {
                state
                    .backoff
                    .fail(failure.clone(), Instant::now(), self.target.options.max_backoff);
            }
        }
        failure
    }

    /// No call leaves the state half changed, so a panic in another one is no reason to refuse.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send(connection: &mut MultiplexedConnection, ask: Ask<'_>) -> RedisResult<Value> {
    match ask {
        Ask::Read(command) => connection.req_packed_command(command).await?.extract_error(),
        Ask::Script(invocation) => invocation.invoke_async(connection).await,
    }
}
