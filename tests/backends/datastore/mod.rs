//! The backend `Datastore`: the suite, and what only SQLite has.

mod kit;

use sessions_runtime::Backend;
use sessions_runtime::testing::suite::Fixture;

use self::kit::{clock, datastore, gone};
use crate::support::place::Place;

/// A file of its own, opened twice, as two processes would.
async fn fixture() -> Fixture {
    let (place, lost, clock) = (Place::new(), Place::new(), clock());
    let path = place.file("sessions.db");
    Fixture::new(datastore(&path, &clock))
        .with_second(datastore(&path, &clock))
        .with_unreachable(gone(&lost, &clock).await)
        .with_clock(clock)
        .keeping((place, lost))
}

mod suite {
    sessions_runtime::backend_suite!(super::fixture);
}
