//! What the disk does by itself.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::report::Measured;

/// Appends 4 KiB and waits for the disk, again and again: what a single save cannot do without.
pub fn fsync(directory: &Path, span: Duration) -> Measured {
    let mut file = File::create(directory.join("bare")).expect("the directory can be written");
    let (mut latencies, begin) = (Vec::new(), Instant::now());
    while begin.elapsed() < span {
        let started = Instant::now();
        file.write_all(&[7; 4_096]).expect("the disk has space");
        file.sync_data().expect("the disk answers");
        latencies.push(started.elapsed());
    }
    Measured::new(latencies, span)
}
