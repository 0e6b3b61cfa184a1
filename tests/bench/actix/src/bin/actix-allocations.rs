//! Allocations of one request of one contender.
//!
//! A program of its own: in the others, counting would cost instructions and time.

use bench_actix::Actix;
use bench_harness::allocations::{self, Counting, INSTRUMENTED_SYSTEM};

#[global_allocator]
static ALLOCATOR: &Counting = &INSTRUMENTED_SYSTEM;

#[actix_web::main]
async fn main() {
    allocations::run(Actix, ALLOCATOR).await;
}
