//! The measurements, each of which leaves one table of figures.

mod allocations;
mod commands;
mod compile;
mod expiry;
mod gets;
mod instructions;
mod requests;
mod saves;
mod scale;
mod storms;
mod versions;
mod wall;

use tokio::runtime::Builder;

use crate::figures::Figures;
use crate::programs::Servers;

/// The measurements in their order, and what each is.
pub(crate) const NAMES: [(&str, &str); 13] = [
    ("versions", "what is measured, on what"),
    ("instructions", "instructions a request, under callgrind"),
    ("allocations", "allocations a request"),
    ("wall", "wall time a request inside one process"),
    ("requests", "requests a second over loopback"),
    ("commands", "commands a request, as the servers count them"),
    ("gets", "memcached: loads a second"),
    ("saves", "SQLite: saves and reads a second"),
    ("scale", "SQLite: loads and saves by the number of rows"),
    ("purge", "SQLite: loads and saves beside a purge"),
    ("expiry", "SQLite: saves a second by how the expiry is kept"),
    (
        "storms",
        "lost updates, and sessions that come back after the sign-out",
    ),
    ("compile", "crates and seconds of a clean build"),
];

/// Measures, and saves the figures. `sizes` are numbers of rows, for the measurements that have them.
pub(crate) fn run(name: &str, sizes: &[u64]) {
    let servers = Servers::start();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let figures: Figures = match name {
        "versions" => versions::measure(),
        "instructions" => instructions::measure(&servers),
        "allocations" => allocations::measure(&servers),
        "wall" => wall::measure(&servers),
        "requests" => runtime.block_on(requests::measure(&servers)),
        "commands" => commands::measure(&servers),
        "gets" => gets::measure(&servers),
        "saves" => saves::measure(&servers),
        "scale" => scale::measure(&servers, sizes),
        "purge" => scale::purge(&servers, sizes),
        "expiry" => expiry::measure(&servers),
        "storms" => runtime.block_on(storms::measure(&servers)),
        "compile" => compile::measure(),
        _ => panic!(
            "no such measurement: {name}; there are {:?}",
            NAMES.map(|(name, _)| name)
        ),
    };
    figures.save();
}
