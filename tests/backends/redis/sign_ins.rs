//! What visitors notice of what only this server does.

use super::{connect_to, patient, redis_server, site};
use crate::pages::{COOKIE, ask, visitor};
use crate::visitors::{assert_unavailable, recovery};

/// R4, R15
/// With its data on the disk, a Redis that crashed has lost nothing that was answered.
#[actix_web::test]
async fn a_redis_that_keeps_its_log_has_everybody_signed_in_after_a_crash() {
    let directory = tempfile();
    let dir = directory.display().to_string();
    let options = ["--appendonly", "yes", "--appendfsync", "always", "--dir", &dir];
    let mut server = redis_server(&options);
    let site = site(patient(&server.address()));
    let client = visitor(&site, "ann").await;
    server.kill();
    assert_unavailable(&client.get("/get/user").send().await);
    server.restart();
    recovery(&client).await;
    assert_eq!(ask(&client, "/get/user").await, "ann");
    drop(server);
    std::fs::remove_dir_all(directory).expect("the test's own directory");
}

/// A new directory.
fn tempfile() -> std::path::PathBuf {
    let directory = std::env::temp_dir().join(format!("sessions-redis-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a place for temporary files");
    directory
}

/// R4
/// Who has no session yet begins with a write, which is never repeated: a connection that broke meanwhile must not carry it.
#[actix_web::test]
async fn a_restart_of_redis_is_not_noticed_by_the_next_new_visitor() {
    let mut server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    for _ in 0..5 {
        visitor(&site, "ann").await;
        server.restart();
    }
}

/// T52
#[actix_web::test]
async fn a_session_that_redis_lost_is_an_unknown_one_and_begins_anew() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let before = client.cookie(COOKIE);
    super::console::Console::new(&server.address()).say("FLUSHALL");
    assert_eq!(ask(&client, "/origin").await, "unknown");
    assert_eq!(
        client.cookie(COOKIE),
        before,
        "a dead cookie is left alone until something is written"
    );
    ask(&client, "/set/user/ann").await;
    assert!(
        client.cookie(COOKIE).is_some_and(|cookie| Some(cookie) != before),
        "a new id"
    );
}
