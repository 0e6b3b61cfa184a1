//! The contenders on actix-web: the bare handler, sessions-runtime on every backend, actix-session, and floors.

/// The routes of a module whose handlers have these names, and of its work only the one that is asked for: the router asks
/// its resources one after the other, `/` first.
macro_rules! routes {
    () => {
        pub(crate) fn routes(config: &mut actix_web::web::ServiceConfig, work: bench_harness::Work) {
            match work {
                bench_harness::Work::Unused => config.service(unused),
                bench_harness::Work::Read => config.service(read),
                bench_harness::Work::Write => config.service(write),
            };
            config.service(fill).service(show_number);
        }
    };
}

mod bare;
mod contender;
mod floor;
mod mode;
mod ours;
mod storm;
#[cfg(feature = "peers")]
mod theirs;

pub use self::contender::Actix;
