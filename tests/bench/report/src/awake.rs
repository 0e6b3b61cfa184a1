//! Keeps the processors from going to sleep.

use std::process::{Child, Command, Stdio};

use bench_harness::{fsyncs, numbers};

use crate::programs;

/// Processes that do nothing at the lowest priority, for as long as this lives: on a virtual machine, a processor that
/// sleeps may hear of the disk's answer with the next tick of a clock, 4 ms later than the 0.2 ms that the disk took, and
/// only whoever does nothing while waiting suffers from it.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    /// Where it helps: elsewhere the processes are in the way, since a scheduler may let them end their turn of some
    /// milliseconds.
    pub(crate) fn where_it_helps() -> Option<Self> {
        let directory = programs::work();
        std::fs::create_dir_all(&directory).expect("a directory that can be written");
        let late = || numbers::quantile(&mut fsyncs(&directory), 0.9);
        let asleep = late();
        let awake = Self::begin();
        let helps = 2.0 * late() < asleep;
        println!("processors kept awake: {}", if helps { "yes" } else { "no" });
        helps.then_some(awake)
    }

    fn begin() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let spin = |_| {
            let mut command = Command::new("nice");
            command
                .args(["-n", "19", "sh", "-c", "while :; do :; done"])
                .stdin(Stdio::null());
            command.spawn().expect("`nice` and `sh` are part of the system")
        };
        Self((0..processors).map(spin).collect())
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // It may have been ended from outside, which is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
