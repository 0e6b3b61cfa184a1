//! What shares a server, and what shares several.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sessions_runtime::{Backend, Create, Delete, ErrorKind, Memcache, StoreKey};

use super::console::Console;
use super::{connect_to, create, key, load, memcached, nowhere, record, text};
use crate::support::daemon::Daemon;

fn prefixed(server: &Daemon, prefix: &str) -> Memcache {
    let built = Memcache::builder()
        .server(server.address())
        .prefix(prefix)
        .build();
    built.expect("a fit prefix")
}

/// S56, V13
#[actix_web::test]
async fn prefixes_on_one_server_do_not_see_each_other() {
    let server = memcached(&[]);
    let backends = ["shop", "shop:lock", "sho", "shop.2"].map(|prefix| prefixed(&server, prefix));
    for (number, backend) in backends.iter().enumerate() {
        create(backend, &key(1), record(number.to_string())).await;
    }
    for (number, backend) in backends.iter().enumerate() {
        assert_eq!(text(backend, &key(1)).await, Some(number.to_string()));
    }
    assert_eq!(
        backends[0].delete(&key(1), None).await.ok(),
        Some(Delete::Deleted)
    );
    for backend in &backends[1..] {
        assert!(load(backend, &key(1)).await.is_some());
    }
}

/// S55, V25, T61
#[actix_web::test]
async fn keys_are_the_prefix_and_43_safe_characters() {
    let server = memcached(&[]);
    let backend = prefixed(&server, &"p".repeat(201));
    for byte in [0, 10, 13, 32, 127, 255] {
        create(&backend, &key(byte), record("kept")).await;
    }
    let keys = Console::new(&server.address()).keys();
    assert_eq!(keys.len(), 6);
    for key in keys {
        let hash = key
            .strip_prefix(&format!("{}:", "p".repeat(201)))
            .expect("the prefix");
        assert_eq!(hash.len(), 43);
        assert!(
            hash.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(key.len() <= 250);
    }
}

/// S56, V13
/// What other applications store, whatever they call it, is no record, and stays untouched.
#[actix_web::test]
async fn items_of_others_are_never_taken_for_records() {
    let server = memcached(&[]);
    let (backend, mut console) = (connect_to(&server.address()), Console::new(&server.address()));
    let names = [
        "admin",
        "sessions",
        "sessions:",
        "sessions:admin",
        "sessions::lock",
    ];
    for name in names {
        console.set(name, b"theirs");
    }
    for number in 0..=255 {
        create(&backend, &key(number), record("ours")).await;
    }
    for number in 0..=255 {
        assert_eq!(
            backend.delete(&key(number), None).await.ok(),
            Some(Delete::Deleted)
        );
    }
    for name in names {
        assert_eq!(console.item(name, "").expect("an item").1, b"theirs");
    }
}

/// An item that is not ours under a key that is: whoever can write there is the operator. It is an error at worst.
#[actix_web::test]
async fn an_item_that_was_invalidated_by_hand_is_gone() {
    let server = memcached(&[]);
    let (backend, mut console) = (connect_to(&server.address()), Console::new(&server.address()));
    let version = create(&backend, &key(1), record("old")).await;
    let name = format!("sessions:{}", key(1).to_text());
    assert_eq!(console.ask(&format!("md {name} I T30")), "HD");
    assert_eq!(load(&backend, &key(1)).await, None);
    let late = backend
        .replace(&key(1), version, record("late"))
        .await
        .expect("the server answers");
    assert_eq!(late, sessions_runtime::Replace::Conflict);
    assert_eq!(load(&backend, &key(1)).await, None);
}

/// R20
#[actix_web::test]
async fn the_sessions_of_a_dead_server_are_unavailable_and_the_others_go_on() {
    let mut servers: Vec<Daemon> = (0..3).map(|_| memcached(&[])).collect();
    let addresses: Vec<String> = servers.iter().map(Daemon::address).collect();
    let backend = Memcache::connect(addresses.clone()).expect("three addresses");
    for number in 0..90 {
        create(&backend, &key(number), record(number.to_string())).await;
    }
    let on: HashMap<String, Vec<String>> = addresses
        .iter()
        .map(|address| (address.clone(), Console::new(address).keys()))
        .collect();
    assert!(on.values().all(|keys| keys.len() > 10), "each has its share");
    let lives_on =
        |key: &StoreKey, address: &String| on[address].contains(&format!("sessions:{}", key.to_text()));
    servers[1].kill();
    let begin = Instant::now();
    for round in 0..3 {
        for number in 0..90 {
            let answer = backend.load(&key(number)).await;
            if lives_on(&key(number), &addresses[1]) {
                assert_eq!(
                    answer.expect_err("its server is dead").kind(),
                    ErrorKind::Unavailable,
                    "{round}"
                );
            } else {
                let record = answer.expect("its server lives").expect("a record");
                assert_eq!(record.data, number.to_string());
            }
        }
    }
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "the dead one holds nobody up"
    );
    // Never re-mapped: when it is back, empty, its sessions begin anew there and nowhere else.
    servers[1].restart();
    for number in 0..90 {
        while backend.load(&key(number)).await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(5), "it does not recover");
            tokio::task::yield_now().await;
        }
        let gone = load(&backend, &key(number)).await.is_none();
        assert_eq!(gone, lives_on(&key(number), &addresses[1]));
    }
}

/// The same list in another order, and from another process, is the same store; a server less moves its share only.
#[actix_web::test]
async fn several_servers_are_one_store_whatever_their_order() {
    let servers: Vec<Daemon> = (0..3).map(|_| memcached(&[])).collect();
    let mut addresses: Vec<String> = servers.iter().map(Daemon::address).collect();
    let backend = Memcache::connect(addresses.clone()).expect("three addresses");
    for number in 0..60 {
        create(&backend, &key(number), record(number.to_string())).await;
    }
    addresses.reverse();
    let turned = Memcache::connect(addresses.clone()).expect("three addresses");
    for number in 0..60 {
        assert_eq!(text(&turned, &key(number)).await, Some(number.to_string()));
        let again = turned
            .create(&key(number), record("again"))
            .await
            .expect("the server answers");
        assert_eq!(again, Create::Exists);
    }
    let left = addresses.pop().expect("three addresses");
    let moved = Console::new(&left).keys();
    let fewer = Memcache::connect(addresses).expect("two addresses");
    for number in 0..60 {
        let its = moved.contains(&format!("sessions:{}", key(number).to_text()));
        assert_eq!(
            text(&fewer, &key(number)).await,
            (!its).then(|| number.to_string())
        );
    }
}

/// R20
#[actix_web::test]
async fn a_server_that_was_never_there_holds_nobody_up() {
    let server = memcached(&[]);
    let backend = Memcache::connect([server.address(), nowhere()]).expect("two addresses");
    let (mut stored, mut refused) = (0, 0);
    for number in 0..100 {
        match backend.create(&key(number), record("new")).await {
            Ok(_) => stored += 1,
            Err(err) => {
                assert!(err.is_unavailable());
                refused += 1;
            }
        }
    }
    assert!(stored > 20 && refused > 20, "{stored} and {refused}");
}
