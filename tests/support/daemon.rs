//! A server process of a test's own, which may be killed, frozen and started again without harm to other tests.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that listens on a free loopback port until it is dropped.
pub struct Daemon {
    child: Child,
    command: Vec<String>,
    address: SocketAddr,
}

impl Daemon {
    /// Starts a command, `{port}` in its words standing for the port, and waits until the port answers.
    ///
    /// # Panics
    ///
    /// With the cure, if the command is missing, and if it does not answer.
    pub fn start(command: &[&str]) -> Self {
        // The port is free now; should somebody take it in between, the command ends and another one is tried.
        for _ in 0..5 {
            let address = TcpListener::bind(("127.0.0.1", 0))
                .and_then(|free| free.local_addr())
                .expect("a free loopback port");
            let command: Vec<String> = command
                .iter()
                .map(|word| word.replace("{port}", &address.port().to_string()))
                .collect();
            let mut daemon = Self {
                child: spawn(&command),
                command,
                address,
            };
            if daemon.answers() {
                return daemon;
            }
        }
        panic!("{} does not start", command[0]);
    }

    /// A memcached with these options beside the usual ones.
    pub fn memcached(options: &[&str]) -> Self {
        let usual = [
            "memcached",
            "-l",
            "127.0.0.1",
            "-p",
            "{port}",
            "-U",
            "0",
            "-u",
            "nobody",
        ];
        Self::start(&[&usual[..], options].concat())
    }

    /// A Redis with these options beside the usual ones. It takes no snapshots; what else it keeps is in `directory`.
    pub fn redis(directory: &Path, options: &[&str]) -> Self {
        let directory = directory.display().to_string();
        let usual = [
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            "{port}",
            "--save",
            "",
            "--dir",
            &directory,
        ];
        Self::start(&[&usual[..], options].concat())
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Ends the process as a crash would, with whatever it holds in memory.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("the process is ours");
    }

    /// Starts the process again on the same port, and waits until it answers.
    pub fn restart(&mut self) {
        self.kill();
        self.child = spawn(&self.command);
        assert!(self.answers(), "{} does not start again", self.command[0]);
    }

    /// Stops the process from running, while the system goes on accepting connections for it. Each of its threads has
    /// stopped when this returns: one that is in the middle of something ends that first.
    pub fn freeze(&self) {
        self.signal("-STOP");
        let end = Instant::now() + Duration::from_secs(10);
        while !self.is_frozen() {
            assert!(Instant::now() < end, "{} goes on running", self.command[0]);
            std::thread::yield_now();
        }
    }

    /// Whether the system says `T`, stopped, of every thread.
    fn is_frozen(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux has /proc");
        threads.flatten().all(|thread| {
            // The name before the state may hold anything, a `)` too.
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            stat.rsplit_once(") ")
                .is_none_or(|(_, state)| state.starts_with('T'))
        })
    }

    /// Lets a frozen process run on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("`kill` is part of the system");
        assert!(sent.success());
    }

    /// Whether the port answers before the process ends; bounded by ten seconds.
    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if TcpStream::connect(self.address).is_ok() {
                return true;
            }
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

/// Killed without ceremony: also when it is frozen, and when the test has failed.
impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(command: &[String]) -> Child {
    Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|err| {
            panic!(
                "{} cannot be started ({err}): tests/run installs what the tests need",
                command[0]
            )
        })
}

/// The address of a server that tests share, from the variable that `tests/run` sets.
///
/// # Panics
///
/// With the cure, if the variable is not set: a missing server must not look like a passed test.
pub fn shared(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run tests/run, which starts the servers, or name one of yours (127.0.0.1:port)")
    })
}
