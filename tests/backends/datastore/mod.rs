//! The backend `Datastore`: the suite, and what only SQLite has.

mod damage;
mod indexes;
mod kit;
mod locked;
mod migrating;
mod opening;
mod outages;
mod purging;
mod restart;
mod secrecy;
mod storm;
mod writer;

use sessions_runtime::testing::suite::Fixture;

use self::kit::{builder, clock, datastore};
use crate::support::place::Place;

/// A file of its own, opened twice, as two processes would. The unreachable one was deleted while it was open.
async fn fixture() -> Fixture {
    let (place, clock) = (Place::new(), clock());
    let (path, lost) = (place.file("sessions.db"), place.file("lost.db"));
    let unreachable = datastore(&lost, &clock);
    std::fs::remove_file(&lost).expect("the file is there");
    Fixture::new(datastore(&path, &clock))
        .with_second(datastore(&path, &clock))
        .with_unreachable(unreachable)
        .with_clock(clock)
        .keeping(place)
}

/// With the least of everything: each read that can collides with another one, and purging takes many steps.
async fn narrow() -> Fixture {
    let (place, clock) = (Place::new(), clock());
    let narrow = || {
        let narrow = builder(&place.file("sessions.db"), &clock)
            .read_connections(1)
            .purge_batch(1);
        narrow.open().expect("the file is the test's own")
    };
    Fixture::new(narrow())
        .with_second(narrow())
        .with_clock(clock)
        .keeping(place)
}

mod suite {
    sessions_runtime::backend_suite!(super::fixture);
}

mod narrow_suite {
    sessions_runtime::backend_suite!(super::narrow);
}
