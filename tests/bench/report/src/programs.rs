//! The processes that are measured, and the servers they need.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::contenders::{Contender, Framework};

/// Redis and memcached, on free loopback ports, for as long as this lives.
pub(crate) struct Servers {
    redis: Daemon,
    memcached: Daemon,
}

impl Servers {
    pub(crate) fn start() -> Self {
        forget_files();
        let redis = [
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            "{port}",
            "--save",
            "",
            "--appendonly",
            "no",
        ];
        let memcached = [
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
        Self {
            redis: Daemon::start(&redis),
            memcached: Daemon::start(&memcached),
        }
    }

    pub(crate) fn redis(&self) -> SocketAddr {
        self.redis.address
    }

    pub(crate) fn memcached(&self) -> SocketAddr {
        self.memcached.address
    }

    /// What both have used of the processors, in microseconds.
    pub(crate) fn processor_time(&self) -> f64 {
        processor_time(&self.redis.child) + processor_time(&self.memcached.child)
    }

    /// One of the measured programs, which knows the servers, and has an empty SQLite file of its own.
    pub(crate) fn program(&self, framework: Framework, name: &str) -> Command {
        self.inside(&[], framework, name)
    }

    /// The program of this contender's requests.
    pub(crate) fn requests(&self, contender: &Contender) -> Command {
        self.inside(&[], contender.framework, requests(contender.framework))
    }

    /// The same program inside another one, a profiler.
    pub(crate) fn profiled(&self, profiler: &[&str], contender: &Contender) -> Command {
        self.inside(profiler, contender.framework, requests(contender.framework))
    }

    fn inside(&self, profiler: &[&str], framework: Framework, name: &str) -> Command {
        let path = match framework {
            Framework::Actix => target().join("release").join(name),
            Framework::Axum => target().join("tower/release").join(name),
        };
        let mut command = match profiler {
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(path);
                command
            }
            [] => Command::new(path),
        };
        command
            .env("REDIS_ADDR", self.redis.address.to_string())
            .env("MEMCACHED_ADDR", self.memcached.address.to_string())
            .env("DATASTORE_FILE", fresh_file());
        command
    }
}

fn requests(framework: Framework) -> &'static str {
    match framework {
        Framework::Actix => "bench-actix",
        Framework::Axum => "bench-tower",
    }
}

/// Where `tests/bench/run` builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("BENCH_TARGET")
        .expect("BENCH_TARGET is not set; `tests/bench/run` sets it")
        .into()
}

/// Where files lie while something is measured: on the disk of the build, which is no memory file system.
pub(crate) fn work() -> PathBuf {
    target().join("work")
}

/// The path of a file that is not there yet.
pub(crate) fn fresh_file() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    fs::create_dir_all(work()).expect("a directory that can be written");
    work().join(format!("sessions-{}.db", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// Removes the files that programs have left.
pub(crate) fn forget_files() {
    // It may not be there yet.
    let _ = fs::remove_dir_all(work());
}

/// Runs a command to its end and answers what it printed.
pub(crate) fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|err| panic!("{} does not start: {err}", named(command)));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{} failed: {out}{err}", named(command));
    // Profilers print to the standard error, behind what the program prints.
    format!("{out}{err}")
}

/// The numbers that a command prints, a list a line.
pub(crate) fn numbers(command: &mut Command) -> Vec<Vec<f64>> {
    let output = output(command);
    output
        .lines()
        .map(|line| {
            line.split('\t')
                .map(|word| word.parse().expect("a number"))
                .collect()
        })
        .collect()
}

fn named(command: &Command) -> String {
    command
        .get_program()
        .to_string_lossy()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A measured program that serves HTTP, for as long as this lives.
pub(crate) struct Site {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Site {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a program that starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        Self {
            child,
            address: line.trim().parse().expect("an address"),
        }
    }

    /// What it has used of the processors, in microseconds.
    pub(crate) fn processor_time(&self) -> f64 {
        processor_time(&self.child)
    }
}

/// What a process has used of the processors so far, in microseconds: by itself, and by the system for it. Counted in
/// hundredths of a second.
fn processor_time(child: &Child) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("a process that runs");
    // Behind the name, which is in parentheses and may be anything, `utime` and `stime` are the words 12 and 13.
    let (_, words) = stat.rsplit_once(')').expect("a name");
    let ticks = words.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.map(|word| word.parse::<u32>().expect("ticks")).sum();
    f64::from(ticks) * 10_000.0
}

impl Drop for Servers {
    fn drop(&mut self) {
        forget_files();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

struct Daemon {
    child: Child,
    address: SocketAddr,
}

impl Daemon {
    /// Starts a server, `{port}` in its words standing for the port, and waits until the port answers.
    fn start(words: &[&str]) -> Self {
        // The port is free now; should somebody take it in between, the server ends and another one is tried.
        for _ in 0..5 {
            let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free loopback port");
            let address = free.local_addr().expect("an address");
            drop(free);
            let words: Vec<String> = words
                .iter()
                .map(|word| word.replace("{port}", &address.port().to_string()))
                .collect();
            let child = Command::new(&words[0])
                .args(&words[1..])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn();
            let child = child.unwrap_or_else(|_| panic!("{0} is missing: apt-get install {0}", words[0]));
            let mut daemon = Self { child, address };
            if daemon.answers() {
                return daemon;
            }
        }
        panic!("{} does not start", words[0]);
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end && self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if TcpStream::connect(self.address).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself, which is as good.
    let _ = child.kill();
    let _ = child.wait();
}
