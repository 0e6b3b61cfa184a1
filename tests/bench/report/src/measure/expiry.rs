//! What it costs a save that its row expires, by how SQLite keeps the expiry.

use bench_harness::numbers;

use crate::awake::Awake;
use crate::contenders::Framework;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const RUNS: usize = 5;
const VARIANTS: [&str; 5] = ["none", "index", "bucket", "bucket-named", "table"];
/// SQLite's own, and as far apart as those of the backend that writes without a pause.
const CHECKPOINTS: [&str; 2] = ["1000", "16000"];

pub(crate) fn measure(servers: &Servers) -> Figures {
    let columns = [
        "variant",
        "checkpoint at",
        "full saves per second",
        "normal saves per second",
    ];
    let mut figures = Figures::new("expiry", &columns);
    let _awake = Awake::where_it_helps();
    let cases: Vec<(&str, &str)> = VARIANTS
        .iter()
        .flat_map(|variant| CHECKPOINTS.map(|checkpoint| (*variant, checkpoint)))
        .collect();
    let mut runs = vec![[const { Vec::new() }; 2]; cases.len()];
    for _ in 0..RUNS {
        for (&(variant, checkpoint), [full, normal]) in cases.iter().zip(&mut runs) {
            for (durability, runs) in [("full", full), ("normal", normal)] {
                let mut command = servers.program(Framework::Actix, "expiry");
                runs.push(programs::numbers(command.args([variant, durability, checkpoint]))[0][0]);
                programs::forget_files();
            }
        }
    }
    for ((variant, checkpoint), [full, normal]) in cases.iter().zip(&mut runs) {
        let [full, normal] = [full, normal].map(|runs| format!("{:.0}", numbers::median(runs)));
        figures.add(&[variant, checkpoint, &full, &normal]);
    }
    figures
}
