//! Instructions a request: the difference of two counts of requests, so that starting and ending cancel out.

use std::process::Command;

use crate::contenders::ALL;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const COUNT: u64 = 1000;
const CALLGRIND: [&str; 3] = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
const PERF: [&str; 5] = ["perf", "stat", "-x,", "-e", "instructions:u"];

pub(crate) fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new("instructions", &["contender", "work", "callgrind", "real"]);
    let perf = counts();
    for contender in &ALL {
        for work in contender.works() {
            let count = |profiler: &[&str], parse: fn(&str) -> Option<u64>, count: u64| {
                let mut command = servers.profiled(profiler, contender);
                let output =
                    programs::output(command.args(["loop", contender.name, work, &count.to_string()]));
                output.lines().find_map(parse).expect("a count of instructions")
            };
            let each = |profiler, parse| {
                (count(profiler, parse, 2 * COUNT).saturating_sub(count(profiler, parse, COUNT))) / COUNT
            };
            let real = if perf {
                each(&PERF, performed).to_string()
            } else {
                "-".to_owned()
            };
            figures.add(&[&contender.name, work, &each(&CALLGRIND, collected), &real]);
        }
    }
    figures
}

fn collected(line: &str) -> Option<u64> {
    line.split_once("Collected :")?.1.trim().parse().ok()
}

fn performed(line: &str) -> Option<u64> {
    line.contains("instructions")
        .then(|| line.split(',').next()?.parse().ok())?
}

/// Whether this machine's processor counts for `perf`. Virtual ones often do not.
fn counts() -> bool {
    let Some((perf, arguments)) = PERF.split_first() else {
        return false;
    };
    let output = Command::new(perf).args(arguments).arg("true").output();
    output.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stderr)
            .lines()
            .any(|line| performed(line).is_some())
    })
}
