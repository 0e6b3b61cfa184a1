//! What a session library costs a build: a hello-world with ours, with actix-session, and without either.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::figures::{Figures, root};
use crate::programs::{output, target};

pub(crate) fn measure() -> Figures {
    let mut figures = Figures::new("compile", &["contender", "crates", "crates added", "seconds"]);
    let mut bare = None;
    for contender in ["bare", "sealed", "actix-session-signed"] {
        let manifest = root().join("hello").join(contender).join("Cargo.toml");
        let cargo = |arguments: &[&str]| {
            let mut command = Command::new("cargo");
            command
                .args(arguments)
                .arg("--locked")
                .arg("--manifest-path")
                .arg(&manifest);
            command
        };
        output(&mut cargo(&["fetch"]));
        let tree = output(&mut cargo(&[
            "tree",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--no-dedupe",
        ]));
        let crates: BTreeSet<&str> = tree
            .lines()
            .map(|line| line.trim_end_matches(" (proc-macro)"))
            .collect();
        let built = target().join("hello");
        // It may not be there yet.
        let _ = fs::remove_dir_all(&built);
        let begin = Instant::now();
        output(cargo(&["build"]).env("CARGO_TARGET_DIR", &built));
        let seconds = begin.elapsed().as_secs_f64();
        fs::remove_dir_all(&built).expect("a directory of ours");
        let added = crates.len() - *bare.get_or_insert(crates.len());
        figures.add(&[&contender, &crates.len(), &added, &format_args!("{seconds:.1}")]);
    }
    figures
}
