//! The task that owns a connection: it sends what waits with one system call, reads replies in order, and ends the
//! connection at the first doubt.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep_until, timeout};

use super::failure::Cause;
use super::greeting;
use super::line::{Line, Reply, Target, Waiter};
use super::reply::{self, Head, Progress, Status};

/// Room for what one read brings.
const CHUNK: usize = 16 * 1_024;
/// A buffer that once held much is not kept.
const KEPT: usize = 256 * 1_024;

/// The life of a driver. Where its runtime is shut down, even before it began, it leaves the line without one.
pub(super) struct Driver {
    line: Arc<Line>,
    /// Whether it said itself how it ended.
    done: bool,
}

impl Driver {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, done: false }
    }

    /// Connects, and serves the line until the connection ends.
    pub(super) async fn run(mut self) {
        let line = self.line.clone();
        while !self.done {
            let mut waiting = VecDeque::new();
            let outcome = match connect(&line).await {
                Ok(stream) => Exchange::new(&line, stream, &mut waiting).run().await,
                Err(cause) => Err(cause),
            };
            match outcome {
                // A server may end a connection that nobody uses. What came in meanwhile was never sent, and goes on.
                Ok(()) => self.done = line.rests(),
                Err(cause) => {
                    self.done = true;
                    line.fail(&line.target.failure(cause), waiting);
                }
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.done {
            self.line.abandon();
        }
    }
}

/// A connection to a server that is fit for sessions.
async fn connect(line: &Line) -> Result<TcpStream, Cause> {
    let target = &line.target;
    let limit = target.options.connect_timeout.min(target.options.timeout);
    let connected = timeout(limit, async {
        let stream = TcpStream::connect((target.address.host.as_str(), target.address.port))
            .await
            .map_err(|err| Cause::Connect(Arc::new(err)))?;
        // Without it a command could wait for the acknowledgement of the one before.
        stream.set_nodelay(true).map_err(broken)?;
        greet(line, stream).await
    });
    connected.await.unwrap_or(Err(Cause::ConnectTimeout(limit)))
}

async fn greet(line: &Line, mut stream: TcpStream) -> Result<TcpStream, Cause> {
    stream.write_all(greeting::QUESTION).await.map_err(broken)?;
    let mut answer = BytesMut::new();
    let greeting = loop {
        if stream.read_buf(&mut answer).await.map_err(broken)? == 0 {
            return Err(Cause::Closed);
        }
        if let Some(greeting) = greeting::parse(&answer).map_err(Cause::Malformed)? {
            break greeting;
        }
    };
    if let Some(version) = &greeting.too_old {
        return Err(Cause::TooOld(version.clone()));
    }
    if !greeting.versions {
        return Err(Cause::Unversioned);
    }
    if !greeting.evicts {
        line.target.no_eviction.call_once(|| {
            tracing::warn!(
                server = %line.target.name,
                "memcached runs with -M: once it is full it refuses new sessions, and loses those that change"
            );
        });
    }
    line.greeted(&greeting);
    Ok(stream)
}

/// A connection at work.
///
/// # Internal invariant
///
/// `waiting` holds, in the order of sending, exactly the calls whose command was taken and whose reply was not delivered.
struct Exchange<'a> {
    line: &'a Line,
    target: &'a Target,
    stream: TcpStream,
    since: Instant,
    outgoing: Vec<u8>,
    written: usize,
    incoming: BytesMut,
    /// How many bytes the reply at the front takes, as far as that is known.
    needed: usize,
    waiting: &'a mut VecDeque<Waiter>,
    proved: bool,
    /// Looks at the oldest call from time to time, instead of a timer for each.
    alarm: Pin<Box<Sleep>>,
    armed: bool,
}

impl<'a> Exchange<'a> {
    fn new(line: &'a Line, stream: TcpStream, waiting: &'a mut VecDeque<Waiter>) -> Self {
        let since = Instant::now();
        Self {
            line,
            target: &line.target,
            stream,
            since,
            outgoing: Vec::new(),
            written: 0,
            incoming: BytesMut::new(),
            needed: 0,
            waiting,
            proved: false,
            alarm: Box::pin(sleep_until(since.into())),
            armed: false,
        }
    }

    /// Ends well where the server closes a connection that nothing waits for, or nobody needs it any more.
    async fn run(mut self) -> Result<(), Cause> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        // First of all what has arrived: a connection that the server has closed takes no command with it.
        if self.read(context)? {
            let ended = if self.waiting.is_empty() {
                Ok(())
            } else {
                Err(Cause::Closed)
            };
            return Poll::Ready(ended);
        }
        loop {
            if self.written == self.outgoing.len() {
                self.outgoing.clear();
                self.outgoing.shrink_to(KEPT);
                self.written = 0;
                if !self
                    .line
                    .take(context, self.waiting.len(), &mut self.outgoing, self.waiting)
                {
                    return Poll::Ready(Ok(()));
                }
                if self.outgoing.is_empty() {
                    break;
                }
            }
            if !self.write(context)? {
                break;
            }
        }
        self.watch(context)
    }

    /// Delivers what has arrived. `true`: nothing more will.
    fn read(&mut self, context: &mut Context<'_>) -> Result<bool, Cause> {
        loop {
            let room = self.incoming.capacity() - self.incoming.len();
            let missing = self.needed.saturating_sub(self.incoming.len());
            if room < missing.max(CHUNK / 8) {
                self.incoming.reserve(missing.max(CHUNK));
            }
            let received = pin!(self.stream.read_buf(&mut self.incoming)).poll(context);
            match received {
                Poll::Pending => return Ok(false),
                Poll::Ready(Ok(0)) => return Ok(true),
                Poll::Ready(Ok(_)) => self.deliver()?,
                // Nobody is harmed where nothing was asked.
                Poll::Ready(Err(_)) if self.waiting.is_empty() => return Ok(true),
                Poll::Ready(Err(err)) => return Err(broken(err)),
            }
        }
    }

    fn deliver(&mut self) -> Result<(), Cause> {
        while !self.incoming.is_empty() && self.incoming.len() >= self.needed {
            let head = match reply::parse(&self.incoming, self.target.options.max_item_size) {
                Ok(Progress::Whole(head)) => head,
                Ok(Progress::Partial(needed)) => {
                    self.needed = needed;
                    return Ok(());
                }
                Err(malformed) => return Err(Cause::Malformed(malformed)),
            };
            self.needed = 0;
            self.hand_over(&head)?;
        }
        Ok(())
    }

    /// Gives a reply to the call whose turn it is, after making sure that it is the right one (V28).
    fn hand_over(&mut self, head: &Head) -> Result<(), Cause> {
        let Some(waiter) = self.waiting.front() else {
            return Err(Cause::OutOfStep);
        };
        let refused = match head.status {
            Status::Refused(refusal) => Some(refusal),
            _ if head.opaque == Some(waiter.opaque) => None,
            _ => return Err(Cause::OutOfStep),
        };
        if let Some(refusal) = refused
            && refusal.breaks_step()
        {
            return Err(Cause::Refused(refusal));
        }
        let data = if head.data.is_empty() {
            self.incoming.advance(head.length);
            bytes::Bytes::new()
        } else {
            let whole = self.incoming.split_to(head.length).freeze();
            whole.slice(head.data.clone())
        };
        if !self.proved {
            self.proved = true;
            self.line.works();
        }
        let Some(waiter) = self.waiting.pop_front() else {
            return Err(Cause::OutOfStep);
        };
        waiter.tell(match refused {
            Some(refusal) => Err(self.target.failure(Cause::Refused(refusal))),
            None => Ok(Reply {
                status: head.status,
                version: head.version,
                left: head.left,
                stale: head.stale,
                data,
            }),
        });
        Ok(())
    }

    /// Sends on. `false`: the socket takes no more now.
    fn write(&mut self, context: &mut Context<'_>) -> Result<bool, Cause> {
        while self.written < self.outgoing.len() {
            match Pin::new(&mut self.stream).poll_write(context, &self.outgoing[self.written..]) {
                Poll::Pending => return Ok(false),
                Poll::Ready(Ok(0)) => return Err(broken(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => self.written += count,
                Poll::Ready(Err(err)) => return Err(broken(err)),
            }
        }
        Ok(true)
    }

    /// Ends the connection when the oldest call has waited too long: a reply that comes later must not meet another call.
    fn watch(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        let options = &self.target.options;
        while let Some(oldest) = self.waiting.front() {
            let reply = (
                oldest.since.max(self.since) + options.reply_timeout,
                options.reply_timeout,
            );
            let (deadline, limit) = reply.min((oldest.since + options.timeout, options.timeout));
            if self.armed && self.alarm.as_mut().poll(context).is_pending() {
                break;
            }
            if deadline <= Instant::now() {
                return Poll::Ready(Err(Cause::ReplyTimeout(limit)));
            }
            self.alarm.as_mut().reset(deadline.into());
            self.armed = true;
        }
        Poll::Pending
    }
}

fn broken(err: io::Error) -> Cause {
    Cause::Broken(Arc::new(err))
}
