//! Requests of one contender: in a loop, timed, or over HTTP.

use bench_tower::Tower;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    bench_harness::command::run(Tower).await;
}
