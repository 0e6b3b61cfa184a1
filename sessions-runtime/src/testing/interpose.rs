//! A backend between the application and another one, that pauses, fails and counts.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::backend::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace,
    Touch,
};
use crate::error::SessionError;
use crate::id::StoreKey;

/// An operation of a [`Backend`].
///
/// # Examples
///
/// ```
/// assert_ne!(sessions_runtime::testing::Operation::Load, sessions_runtime::testing::Operation::Create);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `load`
    Load,
    /// `create`
    Create,
    /// `replace`
    Replace,
    /// `touch`
    Touch,
    /// `delete`
    Delete,
}

/// How a failing operation fails.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::Failure;
///
/// assert_ne!(Failure::Before, Failure::After);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The backend never saw it: unavailable.
    Before,
    /// The backend did it, and the answer was lost: unavailable.
    After,
    /// The backend was occupied: busy.
    Busy,
}

/// Wraps a backend, counts its operations, and lets a test hold some of them up or make them fail.
///
/// Clones share everything.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::{Failure, Interposer, Operation};
/// use sessions_runtime::{Memory, SecretKey, Sessions};
///
/// let backend = Interposer::new(Memory::new());
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .backend("memory", backend.clone())
///     .build()?;
/// backend.fail_next(Operation::Load, Failure::Before);
/// assert!(backend.operations().is_empty());
/// # drop(sessions);
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[derive(Clone)]
pub struct Interposer {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Box<dyn Backend>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    seen: Vec<Operation>,
    failures: VecDeque<(Operation, Failure)>,
    down: bool,
    pauses: VecDeque<(Operation, Arc<Gate>)>,
}

/// Where a paused operation stands: it has arrived, and goes on when it is let.
struct Gate {
    arrived: Semaphore,
    go: Notify,
}

/// A held-up operation; it goes on when this is [released](Self::release) or dropped.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Memory;
/// use sessions_runtime::testing::{Interposer, Operation};
///
/// let backend = Interposer::new(Memory::new());
/// let pause = backend.pause_next(Operation::Replace);
/// // start a request; `pause.reached().await`; start another one; then let the first go on
/// pause.release();
/// ```
#[must_use = "the operation goes on as soon as the pause is dropped"]
pub struct Pause {
    gate: Arc<Gate>,
}

impl Pause {
    /// Waits until the operation has arrived at the backend.
    ///
    /// # Examples
    ///
    /// See [`Interposer::pause_next`].
    pub async fn reached(&self) {
        if let Ok(permit) = self.gate.arrived.acquire().await {
            permit.forget();
        }
    }

    /// Lets the operation go on.
    ///
    /// # Examples
    ///
    /// See [`Interposer::pause_next`].
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.gate.go.notify_one();
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}

impl Interposer {
    /// Wraps a backend; without a script everything passes through.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// let backend = Interposer::new(Memory::new());
    /// assert!(backend.load(&key).await?.is_none());
    /// assert_eq!(backend.operations(), [Operation::Load]);
    /// # Ok(()) }
    /// ```
    pub fn new(inner: impl Backend) -> Self {
        Self {
            shared: Arc::new(Shared {
                inner: Box::new(inner),
                script: Mutex::default(),
            }),
        }
    }

    /// The operations so far, in the order they arrived.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// backend.load(&key).await?;
    /// assert_eq!(backend.operations(), [Operation::Load]);
    /// # Ok(()) }
    /// ```
    pub fn operations(&self) -> Vec<Operation> {
        self.script().seen.clone()
    }

    /// Forgets the operations so far, and gives them.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// backend.load(&key).await?;
    /// assert_eq!(backend.take_operations(), [Operation::Load]);
    /// assert!(backend.operations().is_empty());
    /// # Ok(()) }
    /// ```
    pub fn take_operations(&self) -> Vec<Operation> {
        std::mem::take(&mut self.script().seen)
    }

    /// Makes the next operation of this sort fail. Several calls fail several, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// backend.fail_next(Operation::Load, Failure::Busy);
    /// assert!(backend.load(&key).await.is_err_and(|err| err.is_busy()));
    /// assert!(backend.load(&key).await.is_ok());
    /// # Ok(()) }
    /// ```
    pub fn fail_next(&self, operation: Operation, failure: Failure) {
        self.script().failures.push_back((operation, failure));
    }

    /// Makes every operation fail as unavailable, until it is turned off again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// backend.set_down(true);
    /// assert!(backend.load(&key).await.is_err_and(|err| err.is_unavailable()));
    /// backend.set_down(false);
    /// assert!(backend.load(&key).await.is_ok());
    /// # Ok(()) }
    /// ```
    pub fn set_down(&self, down: bool) {
        self.script().down = down;
    }

    /// Holds the next operation of this sort up before the backend sees it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Failure, Interposer, Operation};
    /// # use sessions_runtime::{Backend, Memory, SessionError, StoreKey};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let (key, backend) = (StoreKey::from_bytes([7; 32]), Interposer::new(Memory::new()));
    /// let pause = backend.pause_next(Operation::Load);
    /// let other = backend.clone();
    /// let loading = actix_web::rt::spawn(async move { other.load(&key).await });
    /// pause.reached().await;
    /// assert!(!loading.is_finished());
    /// pause.release();
    /// assert!(loading.await.is_ok());
    /// # Ok(()) }
    /// ```
    pub fn pause_next(&self, operation: Operation) -> Pause {
        let gate = Arc::new(Gate {
            arrived: Semaphore::new(0),
            go: Notify::new(),
        });
        self.script().pauses.push_back((operation, gate.clone()));
        Pause { gate }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the operation, waits where the script says so, and gives how it has to fail.
    async fn arrive(&self, operation: Operation) -> Option<Failure> {
        let (gate, failure) = {
            let mut script = self.script();
            script.seen.push(operation);
            let pause = script.pauses.iter().position(|(paused, _)| *paused == operation);
            let gate = pause
                .and_then(|at| script.pauses.remove(at))
                .map(|(_, gate)| gate);
            let failure = script
                .failures
                .iter()
                .position(|(failing, _)| *failing == operation);
            let failure = failure
                .and_then(|at| script.failures.remove(at))
                .map(|(_, failure)| failure);
            (
                gate,
                if script.down {
                    Some(Failure::Before)
                } else {
                    failure
                },
            )
        };
        if let Some(gate) = gate {
            gate.arrived.add_permits(1);
            gate.go.notified().await;
        }
        failure
    }

    async fn through<T>(&self, operation: Operation, call: BackendFuture<'_, T>) -> Result<T, SessionError> {
        match self.arrive(operation).await {
            None => call.await,
            Some(Failure::Before) => Err(SessionError::unavailable("a scripted failure")),
            Some(Failure::Busy) => Err(SessionError::busy("a scripted failure")),
            Some(Failure::After) => {
                call.await?;
                Err(SessionError::unavailable("a scripted loss of the answer"))
            }
        }
    }
}

impl Backend for Interposer {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        Box::pin(self.through(Operation::Load, self.shared.inner.load(key)))
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        Box::pin(self.through(Operation::Create, self.shared.inner.create(key, record)))
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: crate::backend::Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        Box::pin(self.through(
            Operation::Replace,
            self.shared.inner.replace(key, expected, record),
        ))
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: crate::clock::Timestamp) -> BackendFuture<'a, Touch> {
        Box::pin(self.through(Operation::Touch, self.shared.inner.touch(key, expiry)))
    }

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<crate::backend::Version>,
    ) -> BackendFuture<'a, Delete> {
        Box::pin(self.through(Operation::Delete, self.shared.inner.delete(key, expected)))
    }

    fn capabilities(&self) -> Capabilities {
        self.shared.inner.capabilities()
    }

    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        self.shared.inner.purge_expired(limit)
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        self.shared.inner.keys_of(principal)
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        self.shared.inner.lock(key, owner, lease, wait)
    }

    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        self.shared.inner.unlock(key, owner);
    }
}

impl fmt::Debug for Interposer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interposer")
            .field("operations", &self.script().seen.len())
            .finish_non_exhaustive()
    }
}
