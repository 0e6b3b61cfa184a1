//! Figures and how they are printed.

use std::time::Duration;

/// The two settings of `synchronous`.
#[derive(Clone, Copy, Debug)]
pub enum Durability {
    Full,
    Normal,
}

/// Latencies, sorted, and how long they were measured.
pub struct Measured {
    latencies: Vec<Duration>,
    span: Duration,
}

impl Measured {
    pub fn new(mut latencies: Vec<Duration>, span: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, span }
    }

    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.span.as_secs_f64()
    }

    /// A quantile, in microseconds.
    pub fn at(&self, quantile: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * quantile) as usize].as_secs_f64() * 1e6
    }
}

pub fn head() {
    println!("| | saves/s | Datastore is | median | p99 | worst | p99 / bare fsync | worst / bare fsync |");
    println!("|---|---|---|---|---|---|---|---|");
}

pub fn row(name: &str, one: &Measured, ours: &Measured, fsync: &Measured) {
    let bare = fsync.at(0.5);
    println!(
        "| {name} | {:.0} | {:.2} x | {:.0} us | {:.0} us | {:.0} us | {:.1} | {:.0} |",
        one.per_second(),
        ours.per_second() / one.per_second(),
        one.at(0.5),
        one.at(0.99),
        one.at(1.0),
        one.at(0.99) / bare,
        one.at(1.0) / bare,
    );
}

pub fn reads(name: &str, one: &Measured, ours: &Measured) {
    println!(
        "{name}: {:.0} reads/s, median {:.2} us, p99 {:.1} us; Datastore is {:.2} x",
        one.per_second(),
        one.at(0.5),
        one.at(0.99),
        ours.per_second() / one.per_second(),
    );
}
