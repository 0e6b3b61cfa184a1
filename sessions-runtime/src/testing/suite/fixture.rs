//! What a case works with: one backend, a second handle to it, and the time it goes by.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::sleep;

use crate::backend::Backend;
use crate::clock::{Clock, Timestamp};

/// A backend under test, and what the suite may do with it.
///
/// Each case asks for a fixture of its own. Cases choose random keys and principals, so they may share a server; where
/// the backend declares `purge`, each fixture needs a store of its own, because purging counts what it removes.
///
/// A backend that reads a [`Clock`] gives a manual one to [`with_clock`](Self::with_clock): time is then moved by hand
/// and the suite never sleeps. A server that counts down by itself needs nothing: records get lives of a few seconds, and
/// the suite waits for their end, in all cases at once: the first that has to wait starts the others, too, on fixtures of
/// their own.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::testing::suite::Fixture;
/// use sessions_runtime::{Clock, Memory, Timestamp};
///
/// let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
/// let fixture = Fixture::new(Memory::with_clock(clock.clone())).with_clock(clock);
/// assert_eq!(fixture.now().unix(), 1_800_000_000);
///
/// # actix_web::rt::System::new().block_on(async {
/// fixture.pass(3).await;
/// assert_eq!(fixture.now().unix(), 1_800_000_003);
/// # });
/// ```
pub struct Fixture {
    backend: Arc<dyn Backend>,
    second: Arc<dyn Backend>,
    unreachable: Option<Arc<dyn Backend>>,
    /// `None` where time cannot be moved.
    clock: Option<Clock>,
    /// Dropped last, after the backends that need it.
    kept: Vec<Box<dyn Any + Send>>,
}

impl Fixture {
    /// A fixture whose backend goes by real time, and whose second handle is the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::testing::suite::Fixture;
    /// use sessions_runtime::{Backend, Memory};
    ///
    /// let fixture = Fixture::new(Memory::new());
    /// assert!(fixture.backend().capabilities().locks);
    /// ```
    pub fn new(backend: impl Backend) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        Self {
            second: backend.clone(),
            backend,
            unreachable: None,
            clock: None,
            kept: Vec::new(),
        }
    }

    /// The manual clock that the backend, and the second handle to it, read.
    ///
    /// # Examples
    ///
    /// See [`Fixture`].
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Another handle to the same records, made as another process would make it: by opening or connecting again.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::testing::suite::Fixture;
    /// use sessions_runtime::{Backend, Memory};
    ///
    /// let memory = Memory::new();
    /// let fixture = Fixture::new(memory.clone()).with_second(memory);
    /// assert!(fixture.second().capabilities().locks);
    /// ```
    #[must_use]
    pub fn with_second(mut self, backend: impl Backend) -> Self {
        self.second = Arc::new(backend);
        self
    }

    /// The same sort of backend in front of a server that is not there. What it answers must be errors.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::Memory;
    /// use sessions_runtime::testing::Interposer;
    /// use sessions_runtime::testing::suite::{Fixture, outages, run};
    ///
    /// let made = async || {
    ///     let down = Interposer::new(Memory::new());
    ///     down.set_down(true);
    ///     Fixture::new(Memory::new()).with_unreachable(down)
    /// };
    /// assert_eq!(run(made, outages::an_unreachable_server_is_an_error), Ok(()));
    /// ```
    #[must_use]
    pub fn with_unreachable(mut self, backend: impl Backend) -> Self {
        self.unreachable = Some(Arc::new(backend));
        self
    }

    /// Keeps something until the case has ended: a temporary directory, a server process.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use sessions_runtime::Memory;
    /// use sessions_runtime::testing::suite::Fixture;
    ///
    /// let directory = Arc::new("removed when dropped");
    /// let fixture = Fixture::new(Memory::new()).keeping(directory.clone());
    /// assert_eq!(Arc::strong_count(&directory), 2);
    /// drop(fixture);
    /// assert_eq!(Arc::strong_count(&directory), 1);
    /// ```
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send) -> Self {
        self.kept.push(Box::new(guard));
        self
    }

    /// The backend under test.
    ///
    /// # Examples
    ///
    /// See [`new`](Self::new).
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// The second handle; the backend itself where none was given.
    ///
    /// # Examples
    ///
    /// See [`with_second`](Self::with_second).
    pub fn second(&self) -> &Arc<dyn Backend> {
        &self.second
    }

    /// The present moment, by the backend's clock.
    ///
    /// # Examples
    ///
    /// See [`Fixture`].
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Lets time pass: moves the manual clock, or else sleeps.
    ///
    /// # Examples
    ///
    /// See [`Fixture`].
    pub async fn pass(&self, seconds: u64) {
        let span = Duration::from_secs(seconds);
        match &self.clock {
            Some(clock) => clock.advance(span),
            None => sleep(span).await,
        }
    }

    pub(super) fn unreachable(&self) -> Option<&Arc<dyn Backend>> {
        self.unreachable.as_ref()
    }

    /// Whether time is moved by hand, so that a case can stand on an exact second.
    pub(super) fn is_exact(&self) -> bool {
        self.clock.is_some()
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock.clone().unwrap_or_default()
    }

    /// The moment this many seconds from now.
    pub(super) fn after(&self, seconds: u64) -> Timestamp {
        self.now().after(Duration::from_secs(seconds))
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
