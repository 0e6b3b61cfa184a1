//! What a storm goes over: an application whose sessions are on a backend with little room, and a server of its own.
//!
//! Little room, so that whatever a dropped call leaves occupied is missed soon.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::{self, ServiceConfig};
use sessions_runtime::{Backend, Memory, Sessions};

use crate::pages;
use crate::support::site::{SECRET, secret};

/// How many calls may wait in the backend at once.
pub(crate) const ROOM: usize = 48;

/// An application and its store, for one test.
pub(crate) struct Ground {
    pub(crate) sessions: Sessions,
    pub(crate) watch: Watch,
    /// How many connections the server has seen.
    connections: Option<Box<dyn Fn() -> u64>>,
    /// What must stay there until the test ends.
    kept: Vec<Box<dyn Any>>,
}

/// Counts pages that were given a session of somebody else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Arc<AtomicUsize>);

impl Watch {
    pub(crate) fn stranger(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn strangers(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Ground {
    pub(crate) fn new(
        role: &'static str,
        backend: impl Backend,
        connections: Option<Box<dyn Fn() -> u64>>,
        store: impl Any,
    ) -> Self {
        let sessions = Sessions::builder()
            .secret_key(secret(SECRET))
            .default_backend(role)
            .backend(role, backend)
            .backend("memory", Memory::new())
            .skip_verification()
            .build()
            .expect("fit settings");
        Self {
            sessions,
            watch: Watch::default(),
            connections,
            kept: Vec::new(),
        }
        .keeping(store)
    }

    /// The same, with something that must stay there until the test ends.
    pub(crate) fn keeping(mut self, store: impl Any) -> Self {
        self.kept.push(Box::new(store));
        self
    }

    /// What an application is made of.
    pub(crate) fn configure(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
        let (sessions, watch) = (self.sessions.clone(), self.watch.clone());
        move |app| {
            app.app_data(sessions.clone())
                .app_data(web::Data::new(watch.clone()));
            pages::routes(app);
        }
    }

    /// How many connections were made since the last time, this question not counted; `None` where there is no server.
    pub(crate) fn connections(&self) -> Option<u64> {
        self.connections.as_ref().map(|count| count())
    }
}

#[cfg(feature = "datastore")]
pub(crate) fn datastore() -> Ground {
    let place = crate::support::place::Place::new();
    let built = sessions_runtime::Datastore::builder(place.file("sessions.db"))
        .queue(ROOM)
        .read_connections(1)
        .open();
    Ground::new(
        "datastore",
        built.expect("the file is the test's own"),
        None,
        place,
    )
}

#[cfg(feature = "memcache")]
pub(crate) fn memcache() -> Ground {
    let server = crate::support::daemon::Daemon::memcached(&[]);
    let address = server.address();
    let built = sessions_runtime::Memcache::builder()
        .server(&*address)
        .max_pending(ROOM)
        .build();
    let count = move || reported(&address, "stats", "total_connections ");
    // Its threads count when they get to it: the port itself, who looked whether it answers, and these questions.
    let counted = (3..1_000).any(|all| count() == all);
    assert!(counted, "memcached does not count its connections");
    Ground::new(
        "memcache",
        built.expect("an address"),
        Some(Box::new(count)),
        server,
    )
}

#[cfg(feature = "redis")]
pub(crate) fn redis() -> Ground {
    let server = crate::support::daemon::Daemon::redis(&std::env::temp_dir(), &[]);
    let address = server.address();
    let built = sessions_runtime::Redis::connect(format!("redis://{address}"));
    let count = move || reported(&address, "INFO stats", "total_connections_received:");
    Ground::new("redis", built.expect("an address"), Some(Box::new(count)), server)
}

/// A number that a server tells of itself, over a connection of its own.
#[cfg(any(feature = "memcache", feature = "redis"))]
fn reported(address: &str, question: &str, name: &str) -> u64 {
    use std::io::{BufRead as _, BufReader, Write as _};

    let mut stream = std::net::TcpStream::connect(address).expect("the server runs");
    stream
        .write_all(format!("{question}\r\n").as_bytes())
        .expect("the server takes questions");
    let mut lines = BufReader::new(stream).lines();
    lines
        .find_map(|line| {
            let line = line.expect("the server answers");
            let (_, number) = line.split_once(name)?;
            Some(number.trim().parse().expect("a number"))
        })
        .expect("the server tells it")
}
