//! Allocations of one request, for a program whose global allocator counts.

use std::alloc::System;
use std::env;

pub use stats_alloc::INSTRUMENTED_SYSTEM;
use stats_alloc::{Region, StatsAlloc};

use crate::numbers;
use crate::program::{Program, Requests};

/// How many requests are counted. What some of them cost is in the mean.
const COUNT: u32 = 1000;

/// What the program's global allocator is; the system's own, with counters.
pub type Counting = StatsAlloc<System>;

/// Prints the allocations of one request of the contender and the work that the arguments name.
pub async fn run(program: impl Program, allocator: &'static Counting) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [contender, work] = &arguments[..] else {
        panic!("usage: CONTENDER WORK")
    };
    let app = program
        .app(contender, work.parse().expect("unused, read or write"))
        .await;
    // Pools fill.
    for _ in 0..100 {
        app.request().await;
    }
    let region = Region::new(allocator);
    for _ in 0..COUNT {
        app.request().await;
    }
    let change = region.change();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = (change.allocations + change.reallocations) as f64 / f64::from(COUNT);
    numbers::print(&[&format_args!("{each:.2}")]);
}
