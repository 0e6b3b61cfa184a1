//! Loads and saves of SQLite by the number of rows, and those beside a purge.

use std::path::Path;
use std::process::Command;

use bench_harness::numbers;

use crate::awake::Awake;
use crate::contenders::Framework;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const RUNS: usize = 3;
/// How long each load and save run lasts.
const SECONDS: &str = "2";
/// How many rows there are, unless the command line says so.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
/// How many live rows, and as many expired ones.
const PURGED: [u64; 1] = [1_000_000];
/// How long a turn without a purge lasts, and one with it.
const TURN: &str = "10";

pub(crate) fn measure(servers: &Servers, sizes: &[u64]) -> Figures {
    let columns = [
        "rows",
        "filled in s",
        "file MB",
        "first load us",
        "cold load us",
        "cold p99 us",
        "cold KiB read",
        "loads per second",
        "load us",
        "load p99 us",
        "full saves per second",
        "full us",
        "full p99 us",
        "normal saves per second",
        "normal us",
        "normal p99 us",
        "bare fsync us",
    ];
    let mut figures = Figures::new("scale", &columns);
    let _awake = Awake::where_it_helps();
    for size in if sizes.is_empty() { &SIZES } else { sizes } {
        let rows = size.to_string();
        let file = File::new(servers);
        let filled = file.run(&["fill", &rows, "0"]).remove(0);
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let loads = file.run(&["loads", &rows, SECONDS]);
            let full = file.run(&["saves", &rows, "full", SECONDS]).remove(0);
            let normal = file.run(&["saves", &rows, "normal", SECONDS]).remove(0);
            let mut run = loads[0].clone();
            run.extend(&loads[1][..3]);
            run.extend(&full[..3]);
            run.extend(&normal[..3]);
            run.push(full[4]);
            runs.push(run);
        }
        let medians = medians(&runs);
        let words = [format!("{:.1}", filled[0]), format!("{:.0}", filled[1])];
        figures.add_words(std::iter::once(rows).chain(words).chain(medians));
    }
    figures
}

pub(crate) fn purge(servers: &Servers, sizes: &[u64]) -> Figures {
    let columns = [
        "rows",
        "visitors",
        "durability",
        "purged",
        "in s",
        "requests without",
        "requests with",
        "load us without",
        "load us with",
        "load p99 us without",
        "load p99 us with",
        "load p99 ratio",
        "save us without",
        "save us with",
        "save p99 us without",
        "save p99 us with",
        "save p99 ratio",
        "save worst us without",
        "save worst us with",
    ];
    let mut figures = Figures::new("purge", &columns);
    let _awake = Awake::where_it_helps();
    for size in if sizes.is_empty() { &PURGED } else { sizes } {
        for visitors in ["requests", "tasks"] {
            let rows = size.to_string();
            let file = File::new(servers);
            file.run(&["fill", &rows, &rows]);
            let lines = file.run(&["purge", &rows, visitors, "full", TURN]);
            let [took, without, with] = &lines[..] else {
                panic!("three lines")
            };
            let left = format!("{:.0}", took[1]).parse().unwrap_or(*size);
            assert!(left < *size, "nothing was purged");
            let mut words = vec![
                rows,
                visitors.to_owned(),
                "full".to_owned(),
                (*size - left).to_string(),
                format!("{:.1}", took[0]),
            ];
            let mut both =
                |at: usize| words.extend([without[at], with[at]].map(|figure| format!("{figure:.1}")));
            both(0);
            both(1);
            both(2);
            words.push(format!("{:.2}", with[2] / without[2]));
            for at in [4, 5] {
                words.extend([without[at], with[at]].map(|figure| format!("{figure:.1}")));
            }
            words.push(format!("{:.2}", with[5] / without[5]));
            words.extend([without[6], with[6]].map(|figure| format!("{figure:.1}")));
            figures.add_words(words);
        }
    }
    figures
}

fn medians(runs: &[Vec<f64>]) -> Vec<String> {
    let median = |column: usize| {
        let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
        format!("{:.1}", numbers::median(&mut values))
    };
    (0..runs[0].len()).map(median).collect()
}

/// A file that several processes use one after the other.
struct File<'a> {
    servers: &'a Servers,
    path: std::path::PathBuf,
}

impl<'a> File<'a> {
    fn new(servers: &'a Servers) -> Self {
        Self {
            servers,
            path: programs::fresh_file(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Vec<Vec<f64>> {
        let mut command: Command = self.servers.program(Framework::Actix, "scale");
        let path: &Path = &self.path;
        programs::numbers(command.args(arguments).env("DATASTORE_FILE", path))
    }
}

impl Drop for File<'_> {
    fn drop(&mut self) {
        programs::forget_files();
    }
}
