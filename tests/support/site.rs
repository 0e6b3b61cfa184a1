//! A server for one test: a secret, a clock that stands until it is moved, and a memory backend that can be watched.

use std::time::Duration;

use actix_web::web::ServiceConfig;
use sessions_runtime::testing::{Client, Interposer, Server, serve};
use sessions_runtime::{Clock, Memory, SecretKey, Sessions, SessionsBuilder, Timestamp};

use super::{evidence, logs};

/// A fit secret.
pub const SECRET: &[u8] = b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ";
/// Another one.
pub const OTHER_SECRET: &[u8] = b"pW3^nX6*aQ0(eR8)tY1_uI4+oL7=kJ2-hM";

/// A server, the clock it reads, and the memory behind it.
pub struct Site {
    pub server: Server,
    pub clock: Clock,
    pub memory: Memory,
    /// In front of `memory`: counts, pauses, fails.
    pub backend: Interposer,
    _keys: Keys,
}

impl Site {
    /// A site with these handlers and the usual settings.
    pub fn new(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Self {
        Self::with(|builder| builder, configure)
    }

    /// A site with other settings. All handlers of a test binary are linked into it, also those of other tests, so the
    /// start-up check is left out; it has a binary of its own.
    pub fn with(
        settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder,
        configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> Self {
        let (clock, memory, backend, builder) = parts();
        let sessions = settings(builder)
            .build()
            .expect("the settings of the test are fit");
        let server = serve(move |config: &mut ServiceConfig| {
            config.app_data(sessions.clone());
            configure(config);
        });
        Self {
            server,
            clock,
            _keys: Keys(memory.clone()),
            memory,
            backend,
        }
    }

    /// A new browser.
    pub fn client(&self) -> Client {
        Client::new(&self.server).with_clock(self.clock.clone())
    }

    /// Moves the clock that server and clients share.
    pub fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// Notes what the memory of a site holds at its end.
struct Keys(Memory);

impl Drop for Keys {
    fn drop(&mut self) {
        for (key, _) in self.0.dump() {
            evidence::note("key", &key.to_text());
        }
    }
}

/// What a test needs that builds its own server: clock, memory, the interposer before it, and a builder with all of it.
pub fn parts() -> (Clock, Memory, Interposer, SessionsBuilder) {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let memory = Memory::with_clock(clock.clone());
    let backend = Interposer::new(memory.clone());
    let builder = Sessions::builder()
        .secret_key(secret(SECRET))
        .clock(clock.clone())
        .backend("memory", backend.clone())
        .skip_verification();
    (clock, memory, backend, builder)
}

/// A secret key of these bytes. Whatever is done with it is logged, and searched for it.
pub fn secret(bytes: &[u8]) -> SecretKey {
    logs::capture();
    evidence::note("secret", &String::from_utf8_lossy(bytes));
    SecretKey::from_bytes(bytes).expect("the test's secret is fit")
}
