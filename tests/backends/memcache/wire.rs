//! The wire between the backend and a real memcached: records what is sent, holds answers up, and cuts.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::task::yield_now;

/// A proxy on a port of its own.
pub(super) struct Wire {
    address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    sent: Vec<u8>,
    connections: usize,
    held: bool,
    cut: bool,
}

impl Wire {
    pub(super) fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let shared = Arc::new(Shared::default());
        let accepting = shared.clone();
        thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(&server)) else {
                    continue;
                };
                accepting.with(|state| state.connections += 1);
                forward(&near, &far, accepting.clone());
            }
        });
        Self { address, shared }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Answers wait from now on.
    pub(super) fn hold(&self) {
        self.shared.with(|state| state.held = true);
    }

    pub(super) fn release(&self) {
        self.shared.with(|state| state.held = false);
    }

    /// The next answer is lost, and its connection with it.
    pub(super) fn cut(&self) {
        self.shared.with(|state| state.cut = true);
    }

    pub(super) fn connections(&self) -> usize {
        self.shared.with(|state| state.connections)
    }

    /// How many commands of one sort were sent.
    pub(super) fn count(&self, command: &str) -> usize {
        let begin = format!("\n{command} ").into_bytes();
        let sent = self.shared.with(|state| state.sent.clone());
        sent.windows(begin.len())
            .filter(|window| *window == begin)
            .count()
    }

    /// Waits, without sleeping, until so many were sent.
    pub(super) async fn sees(&self, command: &str, count: usize) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.count(command) < count {
            assert!(
                Instant::now() < end,
                "{} of {count} `{command}` were sent",
                self.count(command)
            );
            yield_now().await;
        }
    }
}

impl Shared {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
        result
    }

    /// Waits while answers are held; whether this one is to be lost.
    fn pass(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .changed
            .wait_while(state, |state| state.held)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.cut)
    }
}

fn forward(near: &TcpStream, far: &TcpStream, shared: Arc<Shared>) {
    let copy = |stream: &TcpStream| stream.try_clone().expect("a socket can be shared");
    let (mut from_near, mut to_far, mut from_far, mut to_near) =
        (copy(near), copy(far), copy(far), copy(near));
    let recording = shared.clone();
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(count) = from_near.read(&mut buffer)
            && count > 0
        {
            recording.with(|state| state.sent.extend_from_slice(&buffer[..count]));
            if to_far.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        // Whoever closed it, both sides hear of it.
        let _ = to_far.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(count) = from_far.read(&mut buffer)
            && count > 0
            && !shared.pass()
            && to_near.write_all(&buffer[..count]).is_ok()
        {}
        let _ = to_near.shutdown(Shutdown::Both);
        let _ = from_far.shutdown(Shutdown::Both);
    });
}
