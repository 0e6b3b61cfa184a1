//! Storms: many requests at once that vanish at every point they wait at, on each server backend.
//!
//! The cases are the same for every backend; a further one is one line here and one function in `ground.rs`.

mod by_hand;
mod cancel;
mod clocks;
mod cut;
mod drill;
mod ground;
mod guarantees;
mod hang_ups;
mod pages;
#[path = "../support/mod.rs"]
mod support;
mod visitor;

/// Each case as a test on a backend, in a module of the backend's name.
macro_rules! on_backend {
    ($backend:ident) => {
        mod $backend {
            use crate::{cancel, ground, hang_ups};

            on_backend!(@tests $backend;
                cancel requests_dropped_at_every_await_leave_every_session_whole
                cancel a_storm_of_dropped_requests_mixes_nothing_up
                hang_ups browsers_that_hang_up_disturb_nobody
            );
        }
    };
    (@tests $backend:ident; $($module:ident $case:ident)*) => {
        $(#[actix_web::test]
        async fn $case() {
            $module::$case(ground::$backend()).await;
        })*
    };
}

#[cfg(feature = "datastore")]
on_backend!(datastore);
#[cfg(feature = "memcache")]
on_backend!(memcache);
#[cfg(feature = "redis")]
on_backend!(redis);
