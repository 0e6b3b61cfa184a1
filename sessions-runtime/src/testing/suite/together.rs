//! The cases that wait for lives to end, all at once: on a server that counts down by itself they would otherwise wait one
//! after the other, because a test runner has no more threads than there are cores.

use std::sync::OnceLock;

use super::cases::CASES;
use super::fault::{Fault, run};
use super::fixture::Fixture;

/// How the waiting cases of one backend ended. The first test that asks runs all of them.
#[derive(Debug)]
pub struct Together(OnceLock<Vec<(&'static str, Result<(), Fault>)>>);

impl Together {
    /// None of them has been started.
    #[allow(clippy::new_without_default, reason = "for the statics that the macro makes")]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// How one of them ended, once all have: also who asks for one leaves no server of another behind.
    ///
    /// # Errors
    ///
    /// What the case found.
    pub fn run<M>(&self, name: &str, make: impl Fn() -> M) -> Result<(), Fault>
    where
        M: AsyncFnOnce() -> Fixture + Send + 'static,
    {
        let ended = self.0.get_or_init(|| {
            let cases: Vec<_> = CASES.iter().filter(|case| case.waits).collect();
            let started: Vec<_> = cases
                .iter()
                .map(|case| {
                    let (case, make) = (**case, make());
                    std::thread::spawn(move || run(make, async move |fixture| case.check(fixture).await))
                })
                .collect();
            let results = started.into_iter().map(|thread| {
                let result = thread.join();
                result.unwrap_or_else(|_| Err(Fault::new("the runner of the case panicked")))
            });
            cases.iter().map(|case| case.name).zip(results).collect()
        });
        let found = ended.iter().find(|(case, _)| *case == name);
        found.map_or_else(
            || Err(Fault::new("there is no such case that waits")),
            |(_, result)| result.clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::backend::Memory;

    #[test]
    fn each_waiting_case_runs_once_and_has_a_result_of_its_own() {
        let (together, fixtures) = (Together::new(), Arc::new(AtomicUsize::new(0)));
        let waiting = CASES.iter().filter(|case| case.waits).count();
        for _ in 0..2 {
            for case in CASES {
                let make = || {
                    let fixtures = fixtures.clone();
                    async move || {
                        fixtures.fetch_add(1, Ordering::Relaxed);
                        let clock = crate::Clock::manual(crate::Timestamp::from_unix(1_800_000_000));
                        Fixture::new(Memory::with_clock(clock.clone())).with_clock(clock)
                    }
                };
                let result = together.run(case.name, make);
                assert_eq!(result.is_ok(), case.waits, "{}: {result:?}", case.name);
            }
        }
        assert_eq!(fixtures.load(Ordering::Relaxed), waiting);
    }
}
