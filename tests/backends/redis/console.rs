//! The console of a Redis: what an operator sees, and does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Nil,
    Line(String),
    Error(String),
    Number(i64),
    Bytes(Vec<u8>),
    List(Vec<Answer>),
}

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

    /// Sends one command and reads its answer.
    pub(super) fn ask(&mut self, words: &[&[u8]]) -> Answer {
        let mut command = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            command.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            command.extend_from_slice(word);
            command.extend_from_slice(b"\r\n");
        }
        let sent = self.stream.get_mut().write_all(&command);
        sent.expect("the server takes commands");
        self.answer()
    }

    /// A command of words, whose answer must not be an error.
    pub(super) fn say(&mut self, command: &str) -> Answer {
        let words: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        match self.ask(&words) {
            Answer::Error(err) => panic!("{command}: {err}"),
            answer => answer,
        }
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the server answers");
        let line = line.trim_end();
        let (kind, rest) = line.split_at(1);
        let number = || rest.parse::<i64>().expect("a number");
        match kind {
            "+" => Answer::Line(rest.to_owned()),
            "-" => Answer::Error(rest.to_owned()),
            ":" => Answer::Number(number()),
            "*" => Answer::List((0..number()).map(|_| self.answer()).collect()),
            "$" if rest == "-1" => Answer::Nil,
            "$" => {
                let mut bytes = vec![0; usize::try_from(number()).expect("a length") + 2];
                self.stream.read_exact(&mut bytes).expect("the whole answer");
                bytes.truncate(bytes.len() - 2);
                Answer::Bytes(bytes)
            }
            _ => panic!("no answer of a Redis: {line}"),
        }
    }

    /// Every key.
    pub(super) fn keys(&mut self) -> Vec<String> {
        let Answer::List(keys) = self.say("KEYS *") else {
            panic!("a list of keys")
        };
        keys.into_iter().map(text).collect()
    }

    /// What lies under a key.
    pub(super) fn value(&mut self, key: &str) -> Option<Vec<u8>> {
        match self.say(&format!("GET {key}")) {
            Answer::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The milliseconds that a key has left; `-1` where it has no end.
    pub(super) fn left(&mut self, key: &str) -> i64 {
        match self.say(&format!("PTTL {key}")) {
            Answer::Number(left) => left,
            answer => panic!("{answer:?}"),
        }
    }

    /// How many commands applications have sent, as Redis counts them: reads, and scripts. What scripts call inside of
    /// Redis has names of its own.
    pub(super) fn commands(&mut self) -> u64 {
        let stats = text(self.say("INFO commandstats"));
        let calls = |name: &str| -> u64 {
            let line = stats
                .lines()
                .find_map(|line| line.strip_prefix(&format!("cmdstat_{name}:calls=")));
            line.map_or(0, |line| {
                line.split(',')
                    .next()
                    .and_then(|calls| calls.parse().ok())
                    .expect("a count")
            })
        };
        calls("get") + calls("evalsha") + calls("eval") + calls("script|load")
    }
}

pub(super) fn text(answer: Answer) -> String {
    match answer {
        Answer::Bytes(bytes) => String::from_utf8(bytes).expect("text"),
        Answer::Line(line) => line,
        answer => panic!("no text: {answer:?}"),
    }
}
