//! What is measured, and on what.

use std::fs;
use std::process::Command;

use crate::figures::{Figures, root};
use crate::programs::output;

/// The crates whose version matters, each in the lock file of its workspace.
const CRATES: [(&str, &str); 12] = [
    ("Cargo.lock", "sessions-runtime"),
    ("Cargo.lock", "actix-web"),
    ("Cargo.lock", "actix-session"),
    ("tower/Cargo.lock", "axum"),
    ("tower/Cargo.lock", "tower-sessions"),
    ("tower/Cargo.lock", "tower-sessions-sqlx-store"),
    ("tower/Cargo.lock", "sqlx"),
    ("Cargo.lock", "async-memcached"),
    ("Cargo.lock", "redis"),
    ("Cargo.lock", "rusqlite"),
    ("Cargo.lock", "r2d2"),
    ("Cargo.lock", "tokio"),
];

pub(crate) fn measure() -> Figures {
    let mut figures = Figures::new("versions", &["what", "version"]);
    for (command, arguments) in [
        ("rustc", "--version"),
        ("valgrind", "--version"),
        ("redis-server", "--version"),
        ("memcached", "--version"),
    ] {
        let said = output(Command::new(command).arg(arguments));
        // `Redis server v=7.0.15 sha=..`, `valgrind-3.19.0`, `memcached 1.6.18`, `rustc 1.95.0 (..)`
        let version = said
            .split([' ', '-', '='])
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        figures.add(&[&command, &version.expect("a version").trim()]);
    }
    for (file, name) in CRATES {
        let lock = fs::read_to_string(root().join(file)).expect("a lock file");
        figures.add(&[&name, &versions(&lock, name).join(" and ")]);
    }
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = |name: &str| {
        cpu.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(": "))
    };
    let hashes = line("flags").is_some_and(|(_, flags)| flags.split(' ').any(|flag| flag == "sha_ni"));
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let model = line("model name").map_or("unknown", |(_, model)| model);
    let sha = if hashes { "with" } else { "without" };
    figures.add(&[
        &"processor",
        &format_args!("{model}, {cores} cores, {sha} SHA instructions"),
    ]);
    figures
}

/// Each version of a crate in a lock file.
fn versions<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let name = format!("name = \"{name}\"");
    let packages = lock
        .split("[[package]]")
        .filter(|package| package.lines().any(|line| line == name));
    packages
        .filter_map(|package| package.split("version = \"").nth(1)?.split('"').next())
        .collect()
}
