//! The console of a memcached: what an operator sees, and does.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a list may take before it is asked for again.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection of its own, for commands by hand.
pub(super) struct Console {
    stream: BufReader<TcpStream>,
}

impl Console {
    pub(super) fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server runs");
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub(super) fn send(&mut self, command: &[u8]) {
        let sent = self.stream.get_mut().write_all(command);
        sent.expect("the server takes commands");
    }

    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the server answers");
        line.trim_end().to_owned()
    }

    /// The one line that answers a command.
    pub(super) fn ask(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes());
        self.line()
    }

    /// The lines of an answer that ends with `END`.
    pub(super) fn list(&mut self, command: &str) -> Vec<String> {
        self.try_list(command).expect("the server answers")
    }

    fn try_list(&mut self, command: &str) -> io::Result<Vec<String>> {
        self.send(format!("{command}\r\n").as_bytes());
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            match line.trim_end() {
                "END" => return Ok(lines),
                line => lines.push(line.to_owned()),
            }
        }
    }

    /// Stores an item as any application might.
    pub(super) fn set(&mut self, key: &str, data: &[u8]) -> String {
        let mut command = format!("ms {key} {}\r\n", data.len()).into_bytes();
        command.extend_from_slice(data);
        command.extend_from_slice(b"\r\n");
        self.send(&command);
        self.line()
    }

    /// The flags and the data of an item.
    pub(super) fn item(&mut self, key: &str, flags: &str) -> Option<(String, Vec<u8>)> {
        let head = self.ask(&format!("mg {key} {flags} v"));
        let rest = head.strip_prefix("VA ")?;
        let (size, flags) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut data = vec![0; size.parse::<usize>().expect("a size") + 2];
        self.stream.read_exact(&mut data).expect("the server answers");
        data.truncate(data.len() - 2);
        Some((flags.to_owned(), data))
    }

    /// The keys of all items.
    ///
    /// The thread that lists them forgets a connection once in some thousand times (memcached 1.6.18), which then waits
    /// for ever; a new one is served.
    pub(super) fn keys(&mut self) -> Vec<String> {
        let items = loop {
            let limited = self.stream.get_ref().set_read_timeout(Some(PATIENCE));
            limited.expect("a time-out that is not zero");
            match self.try_list("lru_crawler metadump all") {
                Ok(items) => break items,
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {
                    let address = self.stream.get_ref().peer_addr().expect("it is connected");
                    *self = Self::new(&address.to_string());
                }
                Err(err) => panic!("the server does not answer: {err}"),
            }
        };
        let key = |item: &String| {
            let first = item.split(' ').next().and_then(|word| word.strip_prefix("key="));
            // Percent-encoded, as the dump has it.
            first.expect("a key").replace("%3A", ":")
        };
        items.iter().map(key).collect()
    }

    pub(super) fn stats(&mut self) -> HashMap<String, u64> {
        let facts = self.list("stats");
        let fact = |line: &String| {
            let (name, value) = line.strip_prefix("STAT ")?.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        facts.iter().filter_map(fact).collect()
    }

    /// How many commands about items the server has counted.
    pub(super) fn commands(&mut self) -> u64 {
        let stats = self.stats();
        ["cmd_get", "cmd_set", "cmd_touch", "delete_hits", "delete_misses"]
            .iter()
            .map(|name| stats[*name])
            .sum()
    }
}
