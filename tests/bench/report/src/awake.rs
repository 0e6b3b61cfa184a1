//! Keeps the processors from going to sleep.

use std::process::{Child, Command, Stdio};

/// Processes that do nothing at the lowest priority, for as long as this lives: on a virtual machine, a processor that
/// sleeps may hear of the disk's answer with the next tick of a clock, 4 ms later than the 0.2 ms that the disk took, and
/// only whoever does nothing while waiting suffers from it.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    pub(crate) fn begin() -> Self {
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
