//! Wrong backends: the suite finds every mistake, and every case finds one.

mod backend;

use sessions_runtime::testing::suite::{CASES, Fixture, run};
use sessions_runtime::{Clock, Timestamp};

use self::backend::{Mistake, Wrong};

#[test]
fn matrix() {
    let mistakes = backend::ALL;
    for mistake in mistakes {
        let all: Vec<_> = CASES.iter().map(|case| std::thread::spawn(move || {
            if let Err(f) = run(async move || fixture(mistake), |fixture| case.check(fixture)) {
                println!("KILL {mistake:?} {} :: {f}", case.name);
            }
        })).collect();
        for one in all { one.join().unwrap() }
        println!("DONE {mistake:?}");
    }
}

fn fixture(mistake: Mistake) -> Fixture {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let backend = Wrong::new(mistake, clock.clone());
    Fixture::new(backend.clone()).with_second(backend.second()).with_clock(clock)
}
