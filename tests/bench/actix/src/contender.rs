//! Which contenders there are, and what each one's application is.

use std::net::TcpListener;
use std::sync::Arc;

#[cfg(feature = "peers")]
use actix_session::{
    SessionMiddleware,
    config::CookieContentSecurity,
    storage::{CookieSessionStore, RedisSessionStore},
};
use actix_web::App;
#[cfg(feature = "peers")]
use actix_web::{cookie::Key, web::ServiceConfig};
use bench_harness::{Gate, Program, Work};
#[cfg(feature = "datastore")]
use sessions_runtime::Datastore;
#[cfg(feature = "memcache")]
use sessions_runtime::Memcache;
#[cfg(feature = "redis")]
use sessions_runtime::Redis;
use sessions_runtime::{Memory, SecretKey, Sessions};

use crate::floor;
use crate::mode::{Http, InProcess, InThisProcess, Mode};
#[cfg(feature = "peers")]
use crate::theirs;
use crate::{bare, ours, storm};

const SECRET: &[u8; 64] = b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJpQ3^eR6*uT0(iO1)aK7+zX5=wC4-bM9?";

/// The contenders on actix-web, by name:
///
/// | name | what |
/// |---|---|
/// | `bare` | the handler without sessions |
/// | `sealed`, `encrypted` | sessions-runtime, in the cookie: signed, encrypted |
/// | `memory`, `datastore`, `memcache`, `redis` | sessions-runtime, on that backend |
/// | `actix-session-signed`, `actix-session-private` | actix-session, in the cookie: signed, encrypted |
/// | `actix-session-redis` | actix-session on Redis |
/// | `sealed-floor` | what libraries do for a sealed cookie, without a session |
/// | `redis-floor` | the commands to Redis without a session |
///
/// Servers are found by `REDIS_ADDR` and `MEMCACHED_ADDR`; SQLite's file is the one that `DATASTORE_FILE` names.
#[derive(Clone, Copy, Debug)]
pub struct Actix;

impl Program for Actix {
    type App = InProcess;

    fn bare(&self) -> &'static str {
        "bare"
    }

    async fn app(&self, contender: &str, work: Work) -> InProcess {
        let in_cookie = [
            "sealed",
            "encrypted",
            "sealed-floor",
            "actix-session-signed",
            "actix-session-private",
        ]
        .contains(&contender);
        run(contender, What::Work(work), InThisProcess { in_cookie, work }).await
    }

    async fn serve(&self, contender: &str, work: Work, listener: TcpListener) {
        run(contender, What::Work(work), Http(listener)).await;
    }

    async fn storm(&self, contender: &str, listener: TcpListener) {
        run(contender, What::Storm(Arc::default()), Http(listener)).await;
    }
}

/// What an application's handlers do.
#[derive(Clone)]
pub(crate) enum What {
    Work(Work),
    Storm(Arc<Gate>),
}

async fn run<M: Mode>(contender: &str, what: What, mode: M) -> M::Done {
    match contender {
        "bare" => mode.run(|| App::new().configure(bare::routes)).await,
        "sealed-floor" => {
            let work = work_of(&what);
            mode.run(move || App::new().configure(|config| floor::sealed::routes(config, work)))
                .await
        }
        #[cfg(feature = "peers")]
        "actix-session-signed" => with_cookies(CookieContentSecurity::Signed, what, mode).await,
        #[cfg(feature = "peers")]
        "actix-session-private" => with_cookies(CookieContentSecurity::Private, what, mode).await,
        #[cfg(feature = "peers")]
        "actix-session-redis" => {
            let url = format!("redis://{}", server("REDIS_ADDR"));
            let store = RedisSessionStore::new(url).await.expect("a Redis server");
            let app = move || {
                App::new()
                    .wrap(SessionMiddleware::new(store.clone(), Key::from(SECRET)))
                    .configure(|config| their_routes(config, &what))
            };
            mode.run(app).await
        }
        #[cfg(feature = "redis")]
        "redis-floor" => {
            let url = format!("redis://{}", server("REDIS_ADDR"));
            let work = work_of(&what);
            let app = move || {
                let url = url.clone();
                App::new()
                    .data_factory(move || floor::redis::connect(url.clone()))
                    .configure(|config| floor::redis::routes(config, work))
            };
            mode.run(app).await
        }
        _ => {
            let sessions = sessions(contender);
            let app = move || {
                App::new()
                    .app_data(sessions.clone())
                    .configure(|config| match &what {
                        What::Work(work) => ours::routes(config, *work),
                        What::Storm(gate) => storm::ours::routes(config, Arc::clone(gate)),
                    })
            };
            mode.run(app).await
        }
    }
}

/// The work of a floor.
fn work_of(what: &What) -> Work {
    match what {
        What::Work(work) => *work,
        What::Storm(_) => panic!("there is no session to storm"),
    }
}

#[cfg(feature = "peers")]
async fn with_cookies<M: Mode>(security: CookieContentSecurity, what: What, mode: M) -> M::Done {
    let app = move || {
        let middleware = SessionMiddleware::builder(CookieSessionStore::default(), Key::from(SECRET))
            .cookie_content_security(security);
        App::new()
            .wrap(middleware.build())
            .configure(|config| their_routes(config, &what))
    };
    mode.run(app).await
}

#[cfg(feature = "peers")]
fn their_routes(config: &mut ServiceConfig, what: &What) {
    match what {
        What::Work(work) => theirs::routes(config, *work),
        What::Storm(gate) => storm::theirs::routes(config, Arc::clone(gate)),
    }
}

fn sessions(contender: &str) -> Sessions {
    let builder = Sessions::builder().secret_key(SecretKey::from_bytes(SECRET).expect("a fit secret"));
    let builder = match contender {
        "sealed" => builder.default_backend("securecookie"),
        "encrypted" => builder.default_backend("securecookie").encrypt_cookies(true),
        "memory" => builder.default_backend("memory").backend("memory", Memory::new()),
        #[cfg(feature = "datastore")]
        "datastore" => {
            let datastore = Datastore::open(server("DATASTORE_FILE")).expect("a writable file");
            builder
                .default_backend("datastore")
                .backend("datastore", datastore)
        }
        #[cfg(feature = "memcache")]
        "memcache" => {
            let memcache = Memcache::connect([server("MEMCACHED_ADDR")]).expect("an address");
            builder.default_backend("memcache").backend("memcache", memcache)
        }
        #[cfg(feature = "redis")]
        "redis" => {
            let redis = Redis::connect(format!("redis://{}", server("REDIS_ADDR"))).expect("an address");
            builder.default_backend("redis").backend("redis", redis)
        }
        _ => panic!("no such contender: {contender}"),
    };
    builder.build().expect("fit settings")
}

/// Where a server is, which `tests/bench/run` has started.
#[cfg(any(
    feature = "peers",
    feature = "datastore",
    feature = "memcache",
    feature = "redis"
))]
fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; `tests/bench/run` sets it"))
}
