//! What visitors notice of what only this server does.

use sessions_runtime::testing::Client;

use super::console::Console;
use super::{connect_to, memcached, site};
use crate::pages::{COOKIE, ask, visitor};
use crate::visitors::{assert_unavailable, recovery};

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
    // Items of the same size, keys included, because memcached makes room within a size.
    while console.keys().iter().any(|key| key.starts_with("sessions:")) {
        for _ in 0..5_000 {
            number += 1;
            assert_eq!(
                console.set(&format!("filling-{number:044}"), &vec![b'x'; size]),
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
