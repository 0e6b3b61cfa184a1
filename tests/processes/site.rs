//! A small site, of which the tests run two processes beside each other on the store that `SITE_BACKEND` names. With
//! `hold:path` it is another program instead, which holds the write lock of a database.
//!
//! It says on its first line where it listens, and ends when its standard input does, so that no process outlives the
//! tests that started it.

#[allow(unreachable_pub, reason = "shared with test binaries, in which it is public")]
#[path = "../support/evidence.rs"]
mod evidence;
#[allow(unreachable_pub, reason = "shared with test binaries, in which it is public")]
#[path = "../support/gate.rs"]
mod gate;
#[allow(
    unreachable_pub,
    dead_code,
    reason = "shared with test binaries, which look into the log"
)]
#[path = "../support/logs.rs"]
mod logs;

use std::io::Read as _;

use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest, HttpServer, get};
use sessions_runtime::{SecretKey, Session, SessionError, Sessions, SessionsBuilder, with_sessions};

use crate::evidence::{marked, unmarked};
use crate::gate::Gate;

type Text = Result<String, SessionError>;

/// Holds a request that has loaded its session, where its address says so, until `/release` lets it go on.
async fn hold(request: &HttpRequest, gate: &Gate) {
    if request.query_string() == "hold" {
        gate.pass().await;
    }
}

#[with_sessions]
#[get("/get/{name}")]
async fn read(session: &Session, name: web::Path<String>) -> Text {
    Ok(session
        .get::<String>(&name)?
        .map_or_else(|| "-".to_owned(), |value| unmarked(&value)))
}

#[with_sessions]
#[get("/set/{name}/{value}")]
async fn set(
    session: &Session,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Text {
    hold(&request, &gate).await;
    session.insert(&path.0, marked(&path.1))?;
    Ok("set".to_owned())
}

#[with_sessions]
#[get("/add/{name}")]
async fn add(
    session: &Session,
    name: web::Path<String>,
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Text {
    hold(&request, &gate).await;
    let visits = session.update(&name, |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(visits.to_string())
}

#[with_sessions]
#[get("/count/{name}")]
async fn count(session: &Session, name: web::Path<String>) -> Text {
    Ok(session.get::<u32>(&name)?.unwrap_or(0).to_string())
}

#[with_sessions]
#[get("/flash/{text}")]
async fn flash(
    session: &Session,
    text: web::Path<String>,
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Text {
    hold(&request, &gate).await;
    session.add_flash(&*text)?;
    Ok("added".to_owned())
}

#[with_sessions]
#[get("/flashes")]
async fn flashes(session: &Session, request: HttpRequest, gate: web::Data<Gate>) -> Text {
    hold(&request, &gate).await;
    let messages = session.take_flashes().await?;
    Ok(messages
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(","))
}

#[with_sessions]
#[get("/login/{user}")]
async fn login(
    session: &Session,
    user: web::Path<String>,
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Text {
    hold(&request, &gate).await;
    session.insert("user", &*user)?;
    session.renew();
    Ok("signed in".to_owned())
}

#[with_sessions]
#[get("/logout")]
async fn logout(session: &Session, request: HttpRequest, gate: web::Data<Gate>) -> &'static str {
    hold(&request, &gate).await;
    session.destroy();
    "signed out"
}

/// A change of four entries that go together, over some pages of a file: a number, and bytes that belong to it.
#[with_sessions]
#[get("/pair")]
async fn pair(session: &Session) -> Text {
    let number = session.get::<u32>("left")?.unwrap_or(0) + 1;
    let filling = char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)).to_string();
    session.insert("left", number)?;
    session.insert("early", filling.repeat(6_000))?;
    session.insert("late", filling.repeat(6_000))?;
    session.insert("right", number)?;
    Ok(number.to_string())
}

/// The number, if everything that was saved with it is there.
#[with_sessions]
#[get("/paired")]
async fn paired(session: &Session) -> Text {
    let [left, right] = ["left", "right"].map(|name| session.get::<u32>(name));
    let (left, right) = (left?.unwrap_or(0), right?.unwrap_or(0));
    let [early, late] = ["early", "late"].map(|name| session.get::<String>(name));
    let (early, late) = (early?.unwrap_or_default(), late?.unwrap_or_default());
    let begin = char::from(b'a' + u8::try_from(left % 26).unwrap_or(0));
    let whole = left == 0 && early.is_empty() || early.len() == 6_000 && early.starts_with(begin);
    Ok(if left == right && early == late && whole {
        left.to_string()
    } else {
        format!(
            "in part: {left} and {right}, {} and {} bytes",
            early.len(),
            late.len()
        )
    })
}

#[with_sessions]
#[get("/origin")]
async fn origin(session: &Session) -> String {
    session.origin().to_string()
}

/// Answers as soon as one more request is held.
#[get("/held")]
async fn held(gate: web::Data<Gate>) -> &'static str {
    gate.arrived().await;
    "held"
}

/// Lets one held request go on.
#[get("/release")]
async fn release(gate: web::Data<Gate>) -> &'static str {
    gate.open();
    "released"
}

fn routes(app: &mut ServiceConfig) {
    app.service((read, set, add, count, flash, flashes, login, logout, origin));
    app.service((held, release, pair, paired));
}

/// The store of the sessions, by its scheme. Its features are those of the tests.
fn on_store(site: SessionsBuilder, store: &str) -> Result<SessionsBuilder, SessionError> {
    let (scheme, place) = store.split_once(':').unwrap_or_default();
    let (role, site) = match scheme {
        #[cfg(feature = "redis")]
        "redis" => (
            "redis",
            site.backend("redis", sessions_runtime::Redis::connect(store)?),
        ),
        #[cfg(feature = "memcache")]
        "memcache" => {
            let server = place.trim_start_matches('/');
            (
                "memcache",
                site.backend("memcache", sessions_runtime::Memcache::connect([server])?),
            )
        }
        #[cfg(feature = "datastore")]
        "sqlite" | "sqlite-normal" => {
            let synchronous = if scheme == "sqlite" {
                sessions_runtime::Synchronous::Full
            } else {
                sessions_runtime::Synchronous::Normal
            };
            let file = sessions_runtime::Datastore::builder(place).synchronous(synchronous);
            ("datastore", site.backend("datastore", file.open()?))
        }
        _ => {
            return Err(SessionError::backend(format!(
                "SITE_BACKEND names no store: {scheme:?} at {place:?}; \
                 write redis://host:port, memcache://host:port, sqlite:path or sqlite-normal:path"
            )));
        }
    };
    Ok(site.default_backend(role))
}

/// Holds the write lock for as long as this program runs.
#[cfg(feature = "datastore")]
fn hold_lock(path: &str) -> std::io::Result<()> {
    let holding = rusqlite::Connection::open(path).and_then(|connection| {
        connection.busy_timeout(std::time::Duration::from_secs(20))?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(connection)
    });
    let holding = holding.map_err(std::io::Error::other)?;
    println!("holding");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    drop(holding);
    Ok(())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    logs::capture();
    let store = std::env::var("SITE_BACKEND").unwrap_or_default();
    #[cfg(feature = "datastore")]
    if let Some(path) = store.strip_prefix("hold:") {
        return hold_lock(path);
    }
    let secret = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    let sessions = on_store(Sessions::builder().secret_key(secret), &store)?.build()?;
    let gate = Gate::new();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(sessions.clone())
            .app_data(web::Data::new(gate.clone()))
            .configure(routes)
    })
    // More than one, so that also the threads of one process meet at the store.
    .workers(2)
    .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    std::thread::spawn(|| {
        // Whatever the end of the input was, there is nobody left to ask for pages.
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        std::process::exit(0);
    });
    server.run().await
}
