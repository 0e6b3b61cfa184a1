//! The command line of a measured program.

use std::env;
use std::net::TcpListener;

use crate::program::{Program, Requests, Work};
use crate::{numbers, wall};

const USAGE: &str =
    "usage: loop CONTENDER WORK COUNT | wall CONTENDER WORK | serve CONTENDER WORK | storm CONTENDER";

/// Does what the arguments say.
///
/// - `loop` runs so many requests in this process, for a profiler around it and for a server that counts commands;
/// - `wall` times the bare contender, this one and the bare one again, and prints the medians;
/// - `serve` and `storm` serve HTTP, print the address and end with the standard input.
pub async fn run(program: impl Program) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["loop", contender, work, count] => {
            repeat(&program, contender, parse(work), count.parse().expect(USAGE)).await;
        }
        ["wall", contender, work] => wall::compare(&program, contender, parse(work)).await,
        ["serve", contender, work] => program.serve(contender, parse(work), listener()).await,
        ["storm", contender] => program.storm(contender, listener()).await,
        _ => panic!("{USAGE}"),
    }
}

fn parse(work: &str) -> Work {
    work.parse().expect("unused, read or write")
}

async fn repeat(program: &impl Program, contender: &str, work: Work, count: u64) {
    let app = program.app(contender, work).await;
    let before = app.number().await;
    for _ in 0..count {
        app.request().await;
    }
    // A write that changes nothing would be no work.
    let (after, changed) = (app.number().await, if work == Work::Write { count } else { 0 });
    assert_eq!(
        after,
        before.map(|number| number + changed),
        "{contender} did not do its work"
    );
}

/// A free loopback port, whose address is printed. The process ends with its standard input, so that a server never
/// outlives the one who started it.
fn listener() -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free loopback port");
    println!("{}", listener.local_addr().expect("an address"));
    numbers::flush();
    std::thread::spawn(|| {
        std::io::stdin().lines().for_each(drop);
        std::process::exit(0);
    });
    listener
}
