//! How a case fails, and what runs it.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use actix_web::rt::System;
use actix_web::rt::time::timeout;

use super::fixture::Fixture;
use crate::error::SessionError;

/// A call that hangs fails its case instead of hanging the run. Longer than what any case waits for on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a backend did against the contract.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::suite::Fault;
///
/// let fault = Fault::new("`create` overwrote a live record");
/// assert_eq!(fault.to_string(), "`create` overwrote a live record");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(String);

impl Fault {
    /// A fault that says what was done, what came of it and what should have, for cases of your own.
    ///
    /// # Examples
    ///
    /// See [`Fault`].
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Fault {}

/// The backend failed where it should have answered; every cause is named.
impl From<SessionError> for Fault {
    fn from(err: SessionError) -> Self {
        let mut text = format!("the backend failed: {err}");
        let mut source = err.source();
        while let Some(err) = source {
            text.push_str(": ");
            text.push_str(&err.to_string());
            source = err.source();
        }
        Self(text)
    }
}

impl From<io::Error> for Fault {
    fn from(err: io::Error) -> Self {
        Self(format!("a request got no answer: {err}"))
    }
}

/// Runs one case on a fresh fixture, on a thread with a runtime of its own.
///
/// # Errors
///
/// What the case found; a panic and a case that does not end are faults, too.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Memory;
/// use sessions_runtime::testing::suite::{Fault, Fixture, run};
///
/// let made = || async { Fixture::new(Memory::new()) };
/// assert_eq!(run(made, async |_| Ok(())), Ok(()));
/// assert_eq!(run(made, async |_| Err(Fault::new("lost"))), Err(Fault::new("lost")));
/// ```
pub fn run<M, C>(make: M, case: C) -> Result<(), Fault>
where
    M: AsyncFnOnce() -> Fixture + Send + 'static,
    C: AsyncFnOnce(Fixture) -> Result<(), Fault> + Send + 'static,
{
    let thread = std::thread::spawn(move || {
        System::new().block_on(async move {
            let bounded = timeout(PATIENCE, async move { case(make().await).await });
            bounded
                .await
                .unwrap_or_else(|_| Err(Fault::new("the case did not end: some call hangs")))
        })
    });
    thread
        .join()
        .unwrap_or_else(|panic| Err(Fault::new(format!("panicked: {}", message(&*panic)))))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("with something else than a text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Memory;

    async fn memory() -> Fixture {
        Fixture::new(Memory::new())
    }

    #[test]
    fn a_panicking_case_is_a_fault_with_its_message() {
        let fault = run(memory, async |_| panic!("no {}", "record")).expect_err("it panics");
        assert_eq!(fault.to_string(), "panicked: no record");
    }

    #[test]
    fn every_cause_of_a_failing_backend_is_named() {
        let err = SessionError::unavailable(io::Error::other("connection refused"));
        let text = Fault::from(err).to_string();
        assert!(
            text.starts_with("the backend failed: ") && text.ends_with("connection refused"),
            "{text}"
        );
    }
}
