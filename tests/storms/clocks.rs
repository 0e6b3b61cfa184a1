//! Clocks that jump: what the documentation says of them.

use std::time::Duration;

use sessions_runtime::testing::{Client, serve};
use sessions_runtime::{Backend, Clock, Sessions, SessionsBuilder, Timestamp};

use crate::ground::Watch;
use crate::pages::{self, WHO};
use crate::support::site::{SECRET, secret};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// A clock that stands. It begins at the present time, because memcached counts by itself.
fn clock() -> Clock {
    Clock::manual(Clock::system().now())
}

fn on(role: &'static str, backend: impl Backend) -> impl FnOnce(SessionsBuilder) -> SessionsBuilder {
    move |builder| builder.default_backend(role).backend(role, backend)
}

/// A visitor of an application by this clock, whose session was begun two hours ago and changed since.
struct Visitor {
    client: Client,
    clock: Clock,
    /// When the last cookie was sealed.
    sealed: Timestamp,
    start: Timestamp,
    _server: sessions_runtime::testing::Server,
}

impl Visitor {
    async fn new(clock: Clock, settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Self {
        let builder = Sessions::builder()
            .secret_key(secret(SECRET))
            .clock(clock.clone());
        let sessions = settings(builder)
            .skip_verification()
            .build()
            .expect("fit settings");
        let watch = actix_web::web::Data::new(Watch::default());
        let server = serve(move |app| {
            app.app_data(sessions.clone()).app_data(watch.clone());
            pages::routes(app);
        });
        let (client, begun) = (Client::new(&server).with_clock(clock.clone()), clock.now());
        let mut visitor = Self {
            client,
            clock: clock.clone(),
            sealed: begun,
            start: begun,
            _server: server,
        };
        visitor.ask("/begin").await;
        let before = visitor.client.cookie_header("/");
        clock.advance(Duration::from_secs(2 * HOUR));
        visitor.ask("/add").await;
        visitor.start = clock.now();
        if visitor.client.cookie_header("/") != before {
            visitor.sealed = clock.now();
        }
        visitor
    }

    async fn ask(&self, path: &str) -> String {
        let reply = self.client.get(path).header(WHO, "ann").send().await;
        assert_eq!(reply.status, 200, "{path}");
        reply.text()
    }

    /// By a clock that is so much ahead of, or behind, the time of the last change.
    fn step(&self, seconds: i64) {
        let moment = self.start.unix().checked_add_signed(seconds);
        self.clock.set(Timestamp::from_unix(moment.expect("after 1970")));
    }
}

/// Forward, back, and right again: an hour, and a day.
async fn steps(clock: Clock, settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) {
    let visitor = Visitor::new(clock, settings).await;
    for ahead in [HOUR, DAY] {
        visitor.step(ahead.cast_signed());
        assert_eq!(visitor.ask("/read").await, "loaded ann 2 2", "{ahead} s ahead");
    }
    let cookies = visitor.client.cookie_header("/");
    for behind in [HOUR, DAY] {
        visitor.step(-behind.cast_signed());
        let expected = if visitor.sealed <= visitor.clock.now() {
            "loaded ann 2 2"
        } else {
            "future  0 0"
        };
        assert_eq!(visitor.ask("/read").await, expected, "{behind} s behind");
        assert_eq!(visitor.client.cookie_header("/"), cookies, "no cookie is touched");
        visitor.step(0);
        assert_eq!(visitor.ask("/read").await, "loaded ann 2 2", "right again");
    }
    // What is written by a clock that is behind counts, and is there when the clock is right again.
    if visitor.sealed < visitor.start {
        visitor.step(-HOUR.cast_signed());
        visitor.ask("/add").await;
        assert_eq!(visitor.ask("/read").await, "loaded ann 3 3");
        visitor.step(0);
        visitor.ask("/add").await;
        assert_eq!(visitor.ask("/read").await, "loaded ann 4 4");
    }
    // What begins while the clock is behind lives on; what begins while it is ahead waits until it is caught up with.
    visitor.client.clear();
    visitor.step(-DAY.cast_signed());
    visitor.ask("/begin").await;
    visitor.step(0);
    assert_eq!(visitor.ask("/read").await, "loaded ann 1 1");
    visitor.client.clear();
    visitor.step(HOUR.cast_signed());
    visitor.ask("/begin").await;
    visitor.step(0);
    assert_eq!(visitor.ask("/read").await, "future  0 0");
    visitor.step(HOUR.cast_signed() - 60);
    assert_eq!(
        visitor.ask("/read").await,
        "loaded ann 1 1",
        "a minute is no difference"
    );
}

/// R16, S16
#[actix_web::test]
async fn clocks_that_jump_end_nothing_on_sealed_cookies() {
    steps(clock(), |builder| builder).await;
}

/// R16, C17
#[actix_web::test]
async fn clocks_that_jump_end_nothing_in_memory() {
    let clock = clock();
    steps(
        clock.clone(),
        on("memory", sessions_runtime::Memory::with_clock(clock)),
    )
    .await;
}

/// R16, C17
#[cfg(feature = "datastore")]
#[actix_web::test]
async fn clocks_that_jump_end_nothing_on_sqlite() {
    let (place, clock) = (crate::support::place::Place::new(), clock());
    let opened = sessions_runtime::Datastore::builder(place.file("sessions.db"))
        .clock(clock.clone())
        .open();
    steps(
        clock,
        on("datastore", opened.expect("the file is the test's own")),
    )
    .await;
}

/// R16, C17
#[cfg(feature = "memcache")]
#[actix_web::test]
async fn clocks_that_jump_end_nothing_on_memcached() {
    let clock = clock();
    let built = sessions_runtime::Memcache::builder()
        .server(crate::support::daemon::shared("MEMCACHED_ADDR"))
        .clock(clock.clone())
        .build();
    steps(clock, on("memcache", built.expect("an address"))).await;
}

/// R16, C17
#[cfg(feature = "redis")]
#[actix_web::test]
async fn clocks_that_jump_end_nothing_on_redis() {
    let (clock, address) = (clock(), crate::support::daemon::shared("REDIS_ADDR"));
    let built = sessions_runtime::Redis::builder(format!("redis://{address}"))
        .clock(clock.clone())
        .build();
    steps(clock, on("redis", built.expect("an address"))).await;
}
