//! Commands a request, as the server counts them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use crate::contenders::Contender;
use crate::figures::Figures;
use crate::programs::{self, Servers};

const COUNT: u64 = 200;

/// How often each command was executed.
type Counts = BTreeMap<String, u64>;

pub(crate) fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new("commands", &["contender", "work", "commands"]);
    for name in ["redis", "actix-session-redis", "memcache"] {
        let contender = Contender::named(name);
        for work in contender.works() {
            let (once, twice) = (
                during(servers, contender, work, COUNT),
                during(servers, contender, work, 2 * COUNT),
            );
            figures.add(&[&name, work, &each(&once, &twice)]);
        }
    }
    figures
}

/// What the server executes while so many requests are answered, connecting and filling the session included.
fn during(servers: &Servers, contender: &Contender, work: &str, count: u64) -> Counts {
    let counts = || {
        if contender.name == "memcache" {
            memcached(servers.memcached())
        } else {
            redis(servers.redis())
        }
    };
    let before = counts();
    programs::output(
        servers
            .requests(contender)
            .args(["loop", contender.name, work, &count.to_string()]),
    );
    let mut after = counts();
    for (command, count) in &mut after {
        *count -= before.get(command).copied().unwrap_or_default();
    }
    after
}

/// `get 1, set 1`: the difference of two counts of requests, in which connecting and filling cancel out.
fn each(once: &Counts, twice: &Counts) -> String {
    let mut words = Vec::new();
    for (command, twice) in twice {
        let extra = twice.saturating_sub(once.get(command).copied().unwrap_or_default());
        // A connection that was checked or a lease that was renewed meanwhile is no cost of a request.
        if extra > COUNT / 20 {
            words.push(format!("{command} {}", (extra + COUNT / 2) / COUNT));
        }
    }
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// `INFO commandstats` has a line a command: `cmdstat_get:calls=12,usec=..`. What a script calls has its own counts.
fn redis(server: SocketAddr) -> Counts {
    let lines = ask(server, "INFO commandstats\r\nPING\r\n", "+PONG");
    let count = |line: &String| {
        let (command, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((command.to_owned(), rest.split(',').next()?.parse().ok()?))
    };
    lines.iter().filter_map(count).collect()
}

/// `stats` has a line a counter: `STAT cmd_get 12`. Meta commands have counters of what they do, and one of their own,
/// which is left out.
fn memcached(server: SocketAddr) -> Counts {
    let lines = ask(server, "stats\r\n", "END");
    let count = |line: &String| {
        let (counter, count) = line.strip_prefix("STAT ")?.split_once(' ')?;
        let counter = match counter {
            "cmd_get" | "cmd_set" | "cmd_touch" => counter.strip_prefix("cmd_")?,
            "delete_hits" | "delete_misses" | "incr_hits" => counter,
            _ => return None,
        };
        Some((counter.to_owned(), count.parse().ok()?))
    };
    lines.iter().filter_map(count).collect()
}

fn ask(server: SocketAddr, question: &str, end: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(server).expect("a server");
    stream.write_all(question.as_bytes()).expect("an open connection");
    let lines = BufReader::new(stream)
        .lines()
        .map(|line| line.expect("a line").trim_end().to_owned());
    lines.take_while(|line| line != end).collect()
}
