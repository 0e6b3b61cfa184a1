//! A server of the list, and this thread's connections to it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};

use tokio::runtime::{Handle, Id};

use super::address::Address;
use super::failure::{Cause, Failure};
use super::line::{Line, Reply, Target};
use super::options::Options;
use super::servers::Share;
use super::wire::{Command, Key};
use crate::backend::per_thread::PerThread;
use crate::clock::Timestamp;
use crate::error::SessionError;

/// A server.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) share: Share,
    target: Arc<Target>,
    here: PerThread<Arc<Here>>,
    /// The connections of all threads, which end with the node.
    all: Mutex<Vec<Weak<Line>>>,
}

/// One thread's connections, which end with it. They belong to a runtime: in another one that the same thread runs,
/// nothing would drive them.
#[derive(Debug)]
struct Here {
    runtime: Id,
    lines: Box<[Arc<Line>]>,
    next: AtomicUsize,
}

impl Node {
    pub(super) fn new(address: Address, options: Arc<Options>) -> Self {
        let name = address.name();
        Self {
            share: Share::new(&name),
            target: Arc::new(Target {
                name: name.into(),
                address,
                options,
                item_size: AtomicUsize::new(usize::MAX),
                ahead: AtomicI64::new(0),
                down: AtomicBool::new(false),
                no_eviction: Once::new(),
            }),
            here: PerThread::new(),
            all: Mutex::default(),
        }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.target.name
    }

    pub(super) fn failure(&self, cause: Cause) -> SessionError {
        self.target.failure(cause).into_error()
    }

    /// The present second by the server's clock.
    pub(super) fn now(&self) -> Timestamp {
        self.target.now()
    }

    /// Takes one step at the server.
    pub(super) async fn ask(&self, key: &Key<'_>, command: Command<'_>) -> Result<Reply, SessionError> {
        let answer = {
            let runtime = Handle::try_current().map_err(|_| self.failure(Cause::NoRuntime))?;
            let line = self.line(&runtime);
            line.send(&runtime, key, &command).map_err(Failure::into_error)?
        };
        match answer.await {
            Ok(answer) => answer.map_err(Failure::into_error),
            Err(_) => Err(self.failure(Cause::Ended)),
        }
    }

    /// One of this thread's connections: each in its turn.
    fn line(&self, runtime: &Handle) -> Arc<Line> {
        let lines = match self.here.get() {
            Some(lines) if lines.runtime == runtime.id() => lines,
            _ => {
                let lines = Arc::new(self.connect(runtime));
                self.here.put(lines.clone());
                lines
            }
        };
        let turn = if lines.lines.len() == 1 {
            0
        } else {
            lines.next.fetch_add(1, Ordering::Relaxed)
        };
        lines.lines[turn % lines.lines.len()].clone()
    }

    /// Connections for this thread; each is made by the first call that uses it.
    fn connect(&self, runtime: &Handle) -> Here {
        let line = |_| Arc::new(Line::new(self.target.clone()));
        let lines: Box<[_]> = (0..self.target.options.connections.max(1)).map(line).collect();
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|line| line.strong_count() > 0);
        all.extend(lines.iter().map(Arc::downgrade));
        Here {
            runtime: runtime.id(),
            lines,
            next: AtomicUsize::new(0),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let all = self.all.get_mut().unwrap_or_else(PoisonError::into_inner);
        for line in all.iter().filter_map(Weak::upgrade) {
            line.close();
        }
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        for line in &self.lines {
            line.close();
        }
    }
}
