//! Saves and reads a second of SQLite, 32 tasks at once.

use bench_harness::numbers;

use crate::awake::Awake;
use crate::contenders::Framework;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const RUNS: usize = 5;
const SECONDS: &str = "2";
const CONTENDERS: [&str; 5] = ["datastore", "pool-1", "pool-4", "pool-10", "sqlx-store"];

pub(crate) fn measure(servers: &Servers) -> Figures {
    let columns = [
        "durability",
        "contender",
        "saves per second",
        "median us",
        "p99 us",
        "worst us",
        "bare fsync us",
        "p99 in fsyncs",
        "worst in fsyncs",
        "reads per second",
        "read median us",
    ];
    let mut figures = Figures::new("saves", &columns);
    let _awake = Awake::where_it_helps();
    for durability in ["full", "normal"] {
        let mut runs: [Vec<Vec<f64>>; 5] = Default::default();
        for _ in 0..RUNS {
            for (contender, runs) in CONTENDERS.iter().zip(&mut runs) {
                runs.push(run(servers, contender, durability));
            }
        }
        for (contender, runs) in CONTENDERS.iter().zip(&runs) {
            let median = |column: usize| {
                let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
                format!("{:.1}", numbers::median(&mut values))
            };
            let who = [durability, contender].map(str::to_owned);
            figures.add_words(who.into_iter().chain((0..9).map(median)));
        }
    }
    figures
}

/// One run's figures. Tails beside the bare fsync of the same run: the disk of the next one may be another.
fn run(servers: &Servers, contender: &str, durability: &str) -> Vec<f64> {
    let mut command = match contender {
        "sqlx-store" => servers.program(Framework::Axum, "tower-saves"),
        _ => servers.program(Framework::Actix, "saves"),
    };
    if contender != "sqlx-store" {
        command.arg(contender);
    }
    let lines = programs::numbers(command.args([durability, SECONDS]));
    let [saves, reads] = &lines[..] else {
        panic!("two lines")
    };
    let [per_second, median, p99, worst, fsync] = saves[..] else {
        panic!("five numbers")
    };
    programs::forget_files();
    vec![
        per_second,
        median,
        p99,
        worst,
        fsync,
        p99 / fsync,
        worst / fsync,
        reads[0],
        reads[1],
    ]
}
