//! What the disk can do, in the same run.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::numbers;

/// The median time of appending a page to a file in this directory and having it on the disk, in microseconds.
pub fn fsync(directory: &Path) -> f64 {
    numbers::median(&mut fsyncs(directory))
}

/// How long each of 200 of them took.
pub fn fsyncs(directory: &Path) -> Vec<f64> {
    let path = directory.join("bare-fsync");
    let mut file = File::create(&path).expect("a writable directory");
    let times = (0..200)
        .map(|_| {
            let begin = Instant::now();
            file.write_all(&[7; 4096]).expect("room on the disk");
            file.sync_data().expect("a disk that syncs");
            begin.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    std::fs::remove_file(path).expect("the file just made");
    times
}
