//! Loads a second of memcached, 32 tasks at once.

use bench_harness::numbers;

use crate::contenders::Framework;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const RUNS: usize = 7;
const CONTENDERS: [&str; 3] = ["memcache", "async-memcached-each", "async-memcached-one"];

pub(crate) fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new(
        "gets",
        &["contender", "per second", "median us", "p99 us", "worst us"],
    );
    let mut runs: [Vec<Vec<f64>>; 3] = Default::default();
    for _ in 0..RUNS {
        for (contender, runs) in CONTENDERS.iter().zip(&mut runs) {
            let mut command = servers.program(Framework::Actix, "gets");
            runs.push(programs::numbers(command.args([contender, "1"])).remove(0));
        }
    }
    for (contender, runs) in CONTENDERS.iter().zip(&runs) {
        let median = |column: usize| {
            let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
            format!("{:.1}", numbers::median(&mut values))
        };
        figures.add(&[contender, &median(0), &median(1), &median(2), &median(3)]);
    }
    figures
}
