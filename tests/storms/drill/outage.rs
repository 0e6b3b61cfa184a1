//! Ways in which a store goes out, and comes back.

#[cfg(any(feature = "datastore", feature = "memcache"))]
use sessions_runtime::testing::Client;
use sessions_runtime::testing::Server;

use crate::ground::Ground;
#[cfg(any(feature = "memcache", feature = "redis"))]
use crate::support::daemon::Daemon;
use crate::support::place::Place;
#[cfg(feature = "datastore")]
use crate::support::read_only::ReadOnly;

/// What happens to a store.
pub(super) trait Outage {
    /// When this returns, the store is out.
    async fn begin(&mut self, server: &Server);

    /// When this returns, it is back.
    async fn end(&mut self, server: &Server);
}

/// The server is killed, and started again.
#[cfg(any(feature = "memcache", feature = "redis"))]
pub(super) struct Killed {
    daemon: Daemon,
    _place: Option<Place>,
}

#[cfg(any(feature = "memcache", feature = "redis"))]
impl Outage for Killed {
    async fn begin(&mut self, _: &Server) {
        self.daemon.kill();
    }

    async fn end(&mut self, _: &Server) {
        self.daemon.restart();
    }
}

/// The server does nothing any more, and the system goes on accepting connections for it.
#[cfg(any(feature = "memcache", feature = "redis"))]
pub(super) struct Frozen(Daemon);

#[cfg(any(feature = "memcache", feature = "redis"))]
impl Outage for Frozen {
    async fn begin(&mut self, _: &Server) {
        self.0.freeze();
    }

    async fn end(&mut self, _: &Server) {
        self.0.thaw();
    }
}

/// Strangers come until there is no room, and leave again.
#[cfg(any(feature = "datastore", feature = "memcache"))]
pub(super) struct Full<K> {
    strangers: Vec<Client>,
    _keep: K,
}

#[cfg(any(feature = "datastore", feature = "memcache"))]
impl<K> Full<K> {
    fn new(keep: K) -> Self {
        Self {
            strangers: Vec::new(),
            _keep: keep,
        }
    }
}

#[cfg(any(feature = "datastore", feature = "memcache"))]
impl<K> Outage for Full<K> {
    async fn begin(&mut self, server: &Server) {
        let (mut small, mut last) = (Vec::new(), 200);
        for _ in 0..24 {
            let stranger = Client::new(server);
            assert_eq!(stranger.get("/begin").send().await.status, 200);
            small.push(stranger);
        }
        while last == 200 {
            let stranger = Client::new(server);
            last = stranger.get("/enter").send().await.status.as_u16();
            if last == 200 {
                self.strangers.push(stranger);
            }
            assert!(self.strangers.len() < 2_000, "there is room for everybody");
        }
        // Where nobody new fits in, a session that is there may still find room to grow, and where one does not, another
        // may, whose place needs less.
        let mut refused = 0;
        for stranger in &small {
            refused += u32::from(stranger.get("/grow").send().await.status != 200);
        }
        assert!(refused > 0, "there is still room");
        self.strangers.append(&mut small);
    }

    async fn end(&mut self, _: &Server) {
        for stranger in self.strangers.drain(..) {
            assert_eq!(stranger.get("/destroy").send().await.status, 200);
        }
    }
}

#[cfg(feature = "datastore")]
mod files {
    use std::io::{BufRead as _, BufReader};
    use std::path::PathBuf;
    use std::process::{Child, Command, Stdio};

    use sessions_runtime::{Datastore, DatastoreBuilder};

    use super::{Full, Ground, Outage, Place, ReadOnly, Server};

    /// Another process holds the write lock and is frozen, until it is killed.
    pub(in super::super) struct Locked {
        path: PathBuf,
        holder: Option<Child>,
    }

    impl Outage for Locked {
        async fn begin(&mut self, _: &Server) {
            let mut holder = Command::new(env!("CARGO_BIN_EXE_site"))
                .env("SITE_BACKEND", format!("hold:{}", self.path.display()))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("it was built with the tests");
            let mut line = String::new();
            BufReader::new(holder.stdout.take().expect("it is piped"))
                .read_line(&mut line)
                .expect("it says when it holds the lock");
            assert_eq!(line, "holding\n");
            let frozen = Command::new("kill")
                .args(["-STOP", &holder.id().to_string()])
                .status();
            assert!(frozen.expect("`kill` is part of the system").success());
            self.holder = Some(holder);
        }

        async fn end(&mut self, _: &Server) {
            if let Some(mut holder) = self.holder.take() {
                holder.kill().expect("the process is ours");
                holder.wait().expect("the process is ours");
            }
        }
    }

    impl Drop for Locked {
        fn drop(&mut self) {
            if let Some(mut holder) = self.holder.take() {
                drop(holder.kill());
                drop(holder.wait());
            }
        }
    }

    /// The file is elsewhere for a while.
    pub(in super::super) struct Moved(Place);

    impl Outage for Moved {
        async fn begin(&mut self, _: &Server) {
            std::fs::rename(self.0.file("sessions.db"), self.0.file("aside")).expect("it is the test's own");
        }

        async fn end(&mut self, _: &Server) {
            std::fs::rename(self.0.file("aside"), self.0.file("sessions.db")).expect("it is the test's own");
        }
    }

    /// The disk takes no writes any more, as after an error of its own. What is mapped into memory, SQLite's index of the
    /// log, is left out: that the system would end the program for.
    pub(in super::super) struct Unwritable {
        place: Place,
        files: Vec<ReadOnly>,
    }

    impl Outage for Unwritable {
        async fn begin(&mut self, _: &Server) {
            let names = ["sessions.db", "sessions.db-wal"];
            self.files
                .extend(names.map(|name| ReadOnly::for_all(&self.place.file(name))));
        }

        async fn end(&mut self, _: &Server) {
            self.files.clear();
        }
    }

    fn ground(place: &Place, settings: impl FnOnce(DatastoreBuilder) -> DatastoreBuilder) -> Ground {
        let opened = settings(Datastore::builder(place.file("sessions.db"))).open();
        Ground::new("datastore", opened.expect("the file is the test's own"), None, ())
    }

    pub(in super::super) fn locked() -> (Ground, impl Outage) {
        let place = Place::new();
        let (ground, path) = (ground(&place, |file| file), place.file("sessions.db"));
        (ground.keeping(place), Locked { path, holder: None })
    }

    pub(in super::super) fn full_file() -> (Ground, impl Outage) {
        let place = Place::new();
        (
            ground(&place, |file| file.max_size(512 * 1_024)),
            Full::new(place),
        )
    }

    pub(in super::super) fn unwritable() -> (Ground, impl Outage) {
        let place = Place::new();
        let ground = ground(&place, |file| file);
        let files = Vec::new();
        (ground, Unwritable { place, files })
    }

    pub(in super::super) fn moved() -> (Ground, impl Outage) {
        let place = Place::new();
        (ground(&place, |file| file), Moved(place))
    }
}
#[cfg(feature = "datastore")]
pub(super) use files::{full_file, locked, moved, unwritable};

#[cfg(feature = "memcache")]
mod memcached {
    use sessions_runtime::Memcache;

    use super::{Daemon, Frozen, Full, Ground, Killed, Outage};

    fn start(options: &[&str]) -> (Ground, Daemon) {
        let daemon = Daemon::memcached(options);
        let memcache = Memcache::connect([daemon.address()]).expect("an address");
        (Ground::new("memcache", memcache, None, ()), daemon)
    }

    pub(in super::super) fn memcached_killed() -> (Ground, impl Outage) {
        let (ground, daemon) = start(&[]);
        (ground, Killed { daemon, _place: None })
    }

    pub(in super::super) fn memcached_frozen() -> (Ground, impl Outage) {
        let (ground, daemon) = start(&[]);
        (ground, Frozen(daemon))
    }

    pub(in super::super) fn memcached_full() -> (Ground, impl Outage) {
        let (ground, daemon) = start(&["-M", "-m", "2"]);
        (ground, Full::new(daemon))
    }
}
#[cfg(feature = "memcache")]
pub(super) use memcached::{memcached_frozen, memcached_full, memcached_killed};

#[cfg(feature = "redis")]
mod redis {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpStream;

    use sessions_runtime::Redis;

    use super::{Daemon, Frozen, Ground, Killed, Outage, Place, Server};

    /// Somebody at the console says one thing, and takes it back.
    pub(in super::super) struct Said {
        daemon: Daemon,
        begin: &'static str,
        end: &'static str,
    }

    impl Said {
        fn say(&self, command: &str) {
            let mut stream = TcpStream::connect(self.daemon.address()).expect("the server runs");
            stream
                .write_all(format!("{command}\r\n").as_bytes())
                .expect("the server takes commands");
            let mut line = String::new();
            BufReader::new(stream)
                .read_line(&mut line)
                .expect("the server answers");
            assert!(line.starts_with("+OK"), "{line}");
        }
    }

    impl Outage for Said {
        async fn begin(&mut self, _: &Server) {
            self.say(self.begin);
        }

        async fn end(&mut self, _: &Server) {
            self.say(self.end);
        }
    }

    fn start(place: &Place, options: &[&str]) -> (Ground, Daemon) {
        let daemon = Daemon::redis(place.path(), options);
        let redis = Redis::connect(format!("redis://{}", daemon.address())).expect("an address");
        (Ground::new("redis", redis, None, ()), daemon)
    }

    pub(in super::super) fn redis_killed(on_disk: bool) -> (Ground, impl Outage) {
        let place = Place::new();
        let options: &[&str] = if on_disk {
            &["--appendonly", "yes", "--appendfsync", "always"]
        } else {
            &[]
        };
        let (ground, daemon) = start(&place, options);
        let killed = Killed {
            daemon,
            _place: Some(place),
        };
        (ground, killed)
    }

    pub(in super::super) fn redis_frozen() -> (Ground, impl Outage) {
        let place = Place::new();
        let (ground, daemon) = start(&place, &[]);
        (ground.keeping(place), Frozen(daemon))
    }

    fn said(begin: &'static str, end: &'static str) -> (Ground, impl Outage) {
        let place = Place::new();
        let (ground, daemon) = start(&place, &[]);
        (ground.keeping(place), Said { daemon, begin, end })
    }

    pub(in super::super) fn redis_full() -> (Ground, impl Outage) {
        said("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")
    }

    pub(in super::super) fn redis_replica() -> (Ground, impl Outage) {
        said("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")
    }
}
#[cfg(feature = "redis")]
pub(super) use redis::{redis_frozen, redis_full, redis_killed, redis_replica};
