//! What visitors notice: who stays signed in, who does not, and what they are told.

use std::time::{Duration, Instant};

use actix_web::rt::spawn;
use futures_util::future::join_all;
use sessions_runtime::Redis;
use sessions_runtime::testing::{Client, Reply, Server};

use super::{connect_to, patient, redis_server, site};
use crate::pages::{COOKIE, ask, visitor};

fn assert_unavailable(reply: &Reply) {
    assert_eq!(reply.status, 503);
    assert_eq!(reply.text(), "");
    assert!(reply.set_cookies().is_empty(), "no cookie is touched");
}

/// A browser at another server, with the cookie of this one.
fn elsewhere(site: &Server, client: &Client) -> Client {
    let there = Client::new(site);
    there.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a cookie"));
    there
}

/// Waits until a page is answered again.
async fn recovery(client: &Client) {
    let begin = Instant::now();
    while client.get("/get/user").send().await.status != 200 {
        assert!(
            begin.elapsed() < Duration::from_secs(2),
            "it does not recover by itself"
        );
    }
}

/// R1, R3, R5, R20, S60
/// A hundred signed-in visitors, a server that does not answer: nobody is signed out, and nobody is somebody else.
#[actix_web::test]
async fn a_freeze_signs_nobody_out() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let mut visitors = Vec::new();
    for number in 0..100 {
        visitors.push(visitor(&site, &format!("user-{number}")).await);
    }
    server.freeze();
    let begin = Instant::now();
    for path in ["/get/user", "/set/user/eve", "/destroy", "/renew", "/flashes"] {
        let requests = visitors.iter().map(|client| spawn(client.get(path).send()));
        for reply in join_all(requests).await {
            assert_unavailable(&reply.expect("an answer"));
        }
    }
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    // A load that failed may be repeated.
    let reply = visitors[0].get("/get/user").send().await;
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(
        ask(&visitors[0], "/beside").await,
        "1",
        "what needs no Redis goes on"
    );
    let stranger = Client::new(&site);
    assert_eq!(
        ask(&stranger, "/get/user").await,
        "-",
        "who has no session needs no Redis"
    );
    server.thaw();
    recovery(&visitors[0]).await;
    for (number, client) in visitors.iter().enumerate() {
        assert_eq!(ask(client, "/get/user").await, format!("user-{number}"));
    }
}

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

/// R15
#[actix_web::test]
async fn a_restart_of_the_application_keeps_its_sessions() {
    let server = redis_server(&[]);
    let first = site(connect_to(&server.address()));
    let client = visitor(&first, "ann").await;
    first.stop().await;
    let second = site(connect_to(&server.address()));
    assert_eq!(ask(&elsewhere(&second, &client), "/get/user").await, "ann");
}

/// S56, V13
/// The same secret, the same cookie names, one server: only the prefix differs.
#[actix_web::test]
async fn two_applications_on_one_server_do_not_see_each_others_sessions() {
    let server = redis_server(&[]);
    let prefixed = |prefix: &str| {
        let built = Redis::builder(format!("redis://{}", server.address()))
            .prefix(prefix)
            .build();
        site(built.expect("a fit prefix"))
    };
    let (shop, forum) = (prefixed("shop"), prefixed("forum"));
    let client = visitor(&shop, "ann").await;
    let there = elsewhere(&forum, &client);
    assert_eq!(ask(&there, "/origin").await, "unknown");
    ask(&there, "/destroy").await;
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// T58
/// A cookie of a session on Redis opens nothing on another backend, which is not even asked.
#[actix_web::test]
async fn an_id_is_of_use_on_its_own_backend_only() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    assert_eq!(ask(&client.fork(), "/origin-in-memory").await, "forged");
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// R19, V34
#[actix_web::test]
async fn a_session_that_is_too_large_is_not_saved_and_stays_what_it_was() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let reply = client.get("/fill/1100000").send().await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (500, ""));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(ask(&client, "/get/user").await, "ann");
    assert_eq!(ask(&client, "/fill/100000").await, "filled");
}

/// C10
#[actix_web::test]
async fn handlers_with_a_lock_run_one_after_another() {
    let server = redis_server(&[]);
    let first = site(connect_to(&server.address()));
    let second = site(connect_to(&server.address()));
    let client = visitor(&first, "ann").await;
    let there = elsewhere(&second, &client);
    let requests = (0..20).map(|number| {
        let client = if number % 2 == 0 { &client } else { &there };
        spawn(client.get("/locked").send())
    });
    for reply in join_all(requests).await {
        assert_eq!(reply.expect("an answer").status, 200);
    }
    assert_eq!(ask(&client, "/locked").await, "21");
}
