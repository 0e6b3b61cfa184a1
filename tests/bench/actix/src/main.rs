//! Requests of one contender: in a loop, timed, or over HTTP.

use bench_actix::Actix;

#[actix_web::main]
async fn main() {
    bench_harness::command::run(Actix).await;
}
