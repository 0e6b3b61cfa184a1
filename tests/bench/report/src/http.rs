//! A client for one request, and a load of many.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many connections a load has; each is a visitor of its own.
pub(crate) const CONNECTIONS: usize = 32;

/// The answer to one request.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) body: String,
    /// The name and value of the cookie that it sets.
    pub(crate) cookie: Option<String>,
    pub(crate) succeeded: bool,
}

/// Asks once, with or without a cookie.
pub(crate) async fn get(address: SocketAddr, path: &str, cookie: Option<&str>) -> Reply {
    let mut connection = Connection::open(address).await;
    connection.send(&request(path, cookie)).await;
    let head = String::from_utf8_lossy(&connection.received[..connection.head]).into_owned();
    let body = &connection.received[connection.head..connection.whole];
    Reply {
        body: String::from_utf8_lossy(body).into_owned(),
        cookie: header(&head, "set-cookie").map(|line| line.split(';').next().unwrap_or_default().to_owned()),
        succeeded: head.starts_with("HTTP/1.1 200 "),
    }
}

/// Visitors with a session each.
pub(crate) async fn visitors(address: SocketAddr) -> Vec<String> {
    let mut cookies = Vec::new();
    for _ in 0..CONNECTIONS {
        cookies.push(get(address, "/fill", None).await.cookie.expect("a cookie"));
    }
    cookies
}

/// Requests a second: so many by each visitor, one after the other, over connections that are kept.
pub(crate) async fn load(address: SocketAddr, visitors: &[String], each: u32) -> f64 {
    let mut connections = Vec::new();
    for cookie in visitors {
        connections.push((Connection::open(address).await, request("/", Some(cookie))));
    }
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for (mut connection, request) in connections {
        tasks.spawn(async move {
            for _ in 0..each {
                connection.send(&request).await;
                assert!(
                    connection.received.starts_with(b"HTTP/1.1 200 "),
                    "a request failed"
                );
            }
        });
    }
    let count = f64::from(each) * f64::from(u32::try_from(visitors.len()).expect("a small number"));
    tasks.join_all().await;
    count / begin.elapsed().as_secs_f64()
}

fn request(path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie
        .map(|cookie| format!("cookie: {cookie}\r\n"))
        .unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\naccept: */*\r\n{cookie}\r\n")
        .into_bytes()
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// How much of it is the head, and how much the response.
    head: usize,
    whole: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a server");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            received: Vec::with_capacity(4096),
            head: 0,
            whole: 0,
        }
    }

    /// Sends a request and receives the whole response.
    async fn send(&mut self, request: &[u8]) {
        self.received.clear();
        self.stream.write_all(request).await.expect("an open connection");
        loop {
            assert_ne!(
                self.stream
                    .read_buf(&mut self.received)
                    .await
                    .expect("a response"),
                0,
                "no response"
            );
            let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            self.head = end + 4;
            let head = std::str::from_utf8(&self.received[..end]).expect("a head of text");
            let length: usize = header(head, "content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            self.whole = self.head + length;
            if self.received.len() >= self.whole {
                return;
            }
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
