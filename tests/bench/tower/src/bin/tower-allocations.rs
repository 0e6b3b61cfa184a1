//! Allocations of one request of one contender.
//!
//! A program of its own: in the others, counting would cost instructions and time.

use bench_harness::allocations::{self, Counting, INSTRUMENTED_SYSTEM};
use bench_tower::Tower;

#[global_allocator]
static ALLOCATOR: &Counting = &INSTRUMENTED_SYSTEM;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    allocations::run(Tower, ALLOCATOR).await;
}
