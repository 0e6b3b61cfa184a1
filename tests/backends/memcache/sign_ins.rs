//! What visitors notice: who stays signed in, who does not, and what they are told.

use std::time::{Duration, Instant};

use actix_web::rt::spawn;
use futures_util::future::join_all;
use sessions_runtime::Memcache;
use sessions_runtime::testing::{Client, Reply, Server};

use super::console::Console;
use super::site;
use super::{connect_to, memcached};
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

async fn visitors(site: &Server, count: usize) -> Vec<Client> {
    let mut visitors = Vec::new();
    for number in 0..count {
        visitors.push(visitor(site, &format!("user-{number}")).await);
    }
    visitors
}

/// R1, R3, R5, S60
/// A hundred signed-in visitors, a server that does not answer: nobody is signed out, and nobody is somebody else.
#[actix_web::test]
async fn a_freeze_signs_nobody_out() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let visitors = visitors(&site, 100).await;
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
    server.thaw();
    recovery(&visitors[0]).await;
    for (number, client) in visitors.iter().enumerate() {
        assert_eq!(ask(client, "/get/user").await, format!("user-{number}"));
    }
}

/// R4, R15, R20, T52
#[actix_web::test]
async fn a_restarted_memcached_has_forgotten_everybody_and_they_begin_anew() {
    let mut server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let before = client.cookie(COOKIE);
    server.kill();
    assert_unavailable(&client.get("/get/user").send().await);
    assert_unavailable(&client.get("/set/user/ann").send().await);
    assert_eq!(
        ask(&client, "/beside").await,
        "1",
        "what needs no memcached goes on"
    );
    let stranger = Client::new(&site);
    assert_eq!(
        ask(&stranger, "/get/user").await,
        "-",
        "who has no session needs no memcached"
    );
    server.restart();
    recovery(&client).await;
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
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// R15
#[actix_web::test]
async fn a_restart_of_the_application_keeps_its_sessions() {
    let server = memcached(&[]);
    let first = site(connect_to(&server.address()));
    let client = visitor(&first, "ann").await;
    first.stop().await;
    let second = site(connect_to(&server.address()));
    assert_eq!(ask(&elsewhere(&second, &client), "/get/user").await, "ann");
}

/// T52, R13
#[actix_web::test]
async fn a_session_that_was_evicted_is_an_unknown_one() {
    let server = memcached(&["-m", "2", "-I", "256k", "-o", "slab_chunk_max=131072"]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let before = client.cookie(COOKIE);
    let mut console = Console::new(&server.address());
    let size = ask_size(&mut console);
    let mut number = 0;
    // Items of the same size, because memcached makes room within a size.
    while console.keys().iter().any(|key| key.starts_with("sessions:")) {
        for _ in 0..5_000 {
            number += 1;
            assert_eq!(
                console.set(&format!("filling-{number:032}"), &vec![b'x'; size]),
                "HD"
            );
        }
        assert!(number < 1_000_000, "nothing is evicted");
    }
    assert!(console.stats()["evictions"] > 0);
    assert_eq!(ask(&client, "/origin").await, "unknown");
    ask(&client, "/set/user/ann").await;
    assert!(
        client.cookie(COOKIE).is_some_and(|cookie| Some(cookie) != before),
        "a new id"
    );
}

/// The size of the one session's data.
fn ask_size(console: &mut Console) -> usize {
    let key = console.keys().remove(0);
    console.item(&key, "").expect("a session").1.len()
}

/// T52
#[actix_web::test]
async fn flush_all_signs_everybody_out_and_fails_nobody() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let before = client.cookie(COOKIE);
    assert_eq!(Console::new(&server.address()).ask("flush_all"), "OK");
    assert_eq!(ask(&client, "/origin").await, "unknown");
    ask(&client, "/set/user/ann").await;
    assert!(
        client.cookie(COOKIE).is_some_and(|cookie| Some(cookie) != before),
        "a new id"
    );
}

/// S56, V13
/// The same secret, the same cookie names, one server: only the prefix differs.
#[actix_web::test]
async fn two_applications_on_one_server_do_not_see_each_others_sessions() {
    let server = memcached(&[]);
    let prefixed = |prefix: &str| {
        let built = Memcache::builder()
            .server(server.address())
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
/// A cookie of a session on memcached opens nothing on another backend, which is not even asked.
#[actix_web::test]
async fn an_id_is_of_use_on_its_own_backend_only() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let there = client.fork();
    assert_eq!(ask(&there, "/origin-in-memory").await, "forged");
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// R19, R13, V34
#[actix_web::test]
async fn a_session_that_is_too_large_is_not_saved_and_stays_what_it_was() {
    let server = memcached(&[]);
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
    let server = memcached(&[]);
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
