//! Another program holds the write lock: over HTTP, busy and not signed out.

use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get, web};
use futures_util::future::join;
use sessions_runtime::testing::{Client, Server, serve};
use sessions_runtime::{
    Backend, Clock, Datastore, ErrorKind, Memory, SecretKey, SessionError, Sessions, with_sessions,
};

use super::kit::{SHORT, assert_failed, builder, by_hand, clock, create, key, load, record};
use crate::support::place::Place;
use crate::support::site::SECRET;

pub(super) const COOKIE: &str = "__Host-session";

#[with_sessions(default = "datastore")]
#[get("/set/{name}/{value}")]
pub(super) async fn set(path: web::Path<(String, String)>) -> Result<&'static str, SessionError> {
    session.insert(&path.0, &path.1)?;
    Ok("set")
}

#[with_sessions(default = "datastore")]
#[get("/get/{name}")]
pub(super) async fn get(name: web::Path<String>) -> Result<String, SessionError> {
    Ok(session.get::<String>(&name)?.unwrap_or_else(|| "-".to_owned()))
}

#[with_sessions(default = "memory")]
#[get("/elsewhere")]
async fn elsewhere() -> Result<String, SessionError> {
    Ok(session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?
        .to_string())
}

#[get("/plain")]
async fn plain() -> HttpResponse {
    HttpResponse::Ok().body("plain")
}

pub(super) fn serve_with(datastore: Datastore, clock: &Clock) -> Server {
    let sessions = Sessions::builder()
        .secret_key(SecretKey::from_bytes(SECRET).expect("the test's secret is fit"))
        .clock(clock.clone())
        .backend("datastore", datastore)
        .backend("memory", Memory::with_clock(clock.clone()))
        .skip_verification()
        .build()
        .expect("the settings are fit");
    serve(move |app: &mut ServiceConfig| {
        app.app_data(sessions.clone())
            .service((set, get, elsewhere, plain));
    })
}

/// R8
#[actix_web::test]
async fn a_locked_file_is_busy_and_signs_nobody_out() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let server = serve_with(builder(&path, &clock).busy_timeout(SHORT).open().unwrap(), &clock);
    let client = Client::new(&server).with_clock(clock.clone());
    assert_eq!(client.get("/set/user/ann").send().await.status, 200);
    let id = client.cookie(COOKIE);
    assert!(id.is_some());

    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = client.get("/set/user/ben").send().await;
    assert_eq!((busy.status.as_u16(), busy.text().as_str()), (503, ""));
    assert_eq!(busy.header("retry-after"), None, "what failed is a save");
    assert!(busy.set_cookies().is_empty());
    assert_eq!(
        client.get("/get/user").send().await.text(),
        "ann",
        "reading goes on"
    );

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(client.get("/set/user/cleo").send().await.status, 200);
    assert_eq!(client.get("/get/user").send().await.text(), "cleo");
    assert_eq!(client.cookie(COOKIE), id, "it is the old session");
}

/// R20
#[actix_web::test]
async fn a_locked_file_stops_nobody_who_does_not_use_it() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let server = serve_with(builder(&path, &clock).open().unwrap(), &clock);
    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (client, stuck) = (
        Client::new(&server).with_clock(clock.clone()),
        Client::new(&server),
    );
    let (locked, ()) = join(stuck.get("/set/user/ann").send(), async {
        // While that one waits for the lock: this server has one worker.
        assert_eq!(client.get("/elsewhere").send().await.text(), "1");
        assert_eq!(client.get("/elsewhere").send().await.text(), "2");
        assert_eq!(client.get("/plain").send().await.text(), "plain");
        other.execute_batch("ROLLBACK").unwrap();
    })
    .await;
    assert_eq!(locked.status, 200);
}

/// R8, S62
#[actix_web::test]
async fn each_write_to_a_locked_file_is_busy_and_changes_nothing() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = builder(&path, &clock).busy_timeout(SHORT).open().unwrap();
    let version = create(&datastore, &key(1), record("old", &clock)).await;
    let before = load(&datastore, &key(1)).await;

    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (key, end) = (key(1), clock.now());
    assert_failed(
        datastore.replace(&key, version, record("new", &clock)).await,
        ErrorKind::Busy,
        "locked",
    );
    assert_failed(datastore.touch(&key, end).await, ErrorKind::Busy, "locked");
    assert_failed(datastore.delete(&key, None).await, ErrorKind::Busy, "locked");
    assert_failed(
        datastore.create(&super::kit::key(2), record("new", &clock)).await,
        ErrorKind::Busy,
        "locked",
    );
    assert_eq!(load(&datastore, &key).await, before);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(load(&datastore, &key).await, before, "nothing is done belatedly");
}
