//! A server that is no memcached, or a broken one: it says what a test puts into its mouth.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The answer of a memcached to what it is asked first.
pub(super) const GREETING: &str = "VERSION 1.6.18\r\nEND\r\nEND\r\n";

pub(super) struct Puppet {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Puppet {
    /// Says `greeting` to each new connection, and `answer` to each line after the question, `{O}` in its place standing
    /// for the line's mark.
    pub(super) fn new(greeting: &str, answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (listening, greeting, answer) = (heard.clone(), greeting.to_owned(), answer.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (listening, greeting, answer) = (listening.clone(), greeting.clone(), answer.clone());
                thread::spawn(move || {
                    let mut lines = BufReader::new(stream);
                    let mut number = 0;
                    let mut line = String::new();
                    while lines.read_line(&mut line).is_ok_and(|count| count > 0) {
                        number += 1;
                        let mark = line.trim_end().rsplit(' ').next().unwrap_or_default();
                        let said = match number {
                            1 | 2 => String::new(),
                            3 => greeting.clone(),
                            _ => answer.replace("{O}", mark),
                        };
                        if number > 3 {
                            let mut written = listening.lock().unwrap_or_else(PoisonError::into_inner);
                            written.push(line.trim_end().to_owned());
                        }
                        line.clear();
                        if lines.get_mut().write_all(said.as_bytes()).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { address, heard }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The lines it heard after the question.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
