//! What lies in Redis: nothing that works as a cookie, and nothing without an end.

use std::time::Duration;

use sessions_runtime::testing::Client;
use sessions_runtime::{Backend, Clock, Redis, Replace, Timestamp, Touch};

use super::console::Console;
use super::{connect_to, create, key, load, record, redis_server, site};
use crate::pages::{COOKIE, ask, visitor};

/// A backend whose clock is moved by hand.
fn by_hand(address: &str) -> (Redis, Clock) {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let built = Redis::builder(format!("redis://{address}"))
        .clock(clock.clone())
        .build();
    (built.expect("fit settings"), clock)
}

/// S8, V2
#[actix_web::test]
async fn nothing_in_redis_works_as_a_cookie() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    ask(&client, "/renew").await;
    let cookie = client.cookie(COOKIE).expect("a cookie");
    let mut console = Console::new(&server.address());
    let keys = console.keys();
    assert_eq!(keys.len(), 2, "the session, and the trace of its old id");
    for key in keys {
        let data = console.value(&key).expect("a string");
        let hash = key.strip_prefix("sessions:").expect("the prefix");
        for part in cookie.as_bytes().windows(20) {
            assert!(!key.as_bytes().windows(20).any(|window| window == part));
            assert!(!data.windows(20).any(|window| window == part));
        }
        // As it is, and in the place of the id in a genuine cookie.
        let spliced = (0..cookie.len() - hash.len()).map(|offset| {
            let mut cookie = cookie.clone();
            cookie.replace_range(offset..offset + hash.len(), hash);
            cookie
        });
        for stolen in spliced.chain([hash.to_owned()]) {
            let thief = Client::new(&site);
            let request = thief.get("/get/user").cookie_header(format!("{COOKIE}={stolen}"));
            assert_eq!(request.send().await.text(), "-", "{stolen}");
        }
    }
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// T57
#[actix_web::test]
async fn everything_in_redis_has_an_end() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    for user in ["ann", "ben", "eve"] {
        let client = visitor(&site, user).await;
        ask(&client, "/locked").await;
        ask(&client, "/renew").await;
        ask(&client, "/set/user/changed").await;
    }
    let mut console = Console::new(&server.address());
    let keys = console.keys();
    assert!(keys.len() >= 6, "{keys:?}");
    for key in keys {
        // A lock that has been given back meanwhile has ended, too.
        assert_ne!(console.left(&key), -1, "{key}");
    }
}

/// S55, S56, V25
#[actix_web::test]
async fn keys_are_the_prefix_and_a_hash() {
    let server = redis_server(&[]);
    let built = Redis::builder(format!("redis://{}", server.address()))
        .prefix("shop:eu")
        .build();
    let site = site(built.expect("fit settings"));
    visitor(&site, "ann%0D%0AFLUSHALL").await;
    let keys = Console::new(&server.address()).keys();
    assert_eq!(keys.len(), 1);
    let hash = keys[0].strip_prefix("shop:eu:").expect("the prefix");
    assert!(
        hash.len() == 43
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
}

/// R13
/// Redis keeps a record a minute longer than it lives, and a century at most.
#[actix_web::test]
async fn lives_of_any_length_are_kept_for_long_enough() {
    let server = redis_server(&[]);
    let (backend, clock) = by_hand(&server.address());
    let mut console = Console::new(&server.address());
    let days = |days: u64| clock.now().after(Duration::from_secs(days * 86_400));
    for (number, expiry) in (1..).zip([days(0), days(31), days(400), Timestamp::from_unix(u64::MAX)]) {
        let mut new = record("data");
        new.expiry = expiry;
        create(&backend, &key(number), new).await;
        assert!(load(&backend, &key(number)).await.is_some(), "{expiry:?}");
        let life = i64::try_from(expiry.since(clock.now()).as_secs()).unwrap_or(i64::MAX);
        let left = console.left(&format!("sessions:{}", key(number).to_text()));
        assert!(
            left > life.min(3_000_000_000).saturating_mul(1_000),
            "{left} for {life} s"
        );
    }
    assert_eq!(
        backend.touch(&key(2), clock.now()).await.expect("an answer"),
        Touch::Done
    );
    assert!(console.left(&format!("sessions:{}", key(2).to_text())) <= 61_000);
}

/// R13
/// Redis forgets a record by the end it was last written with, be that an earlier or a later one, or the same.
#[actix_web::test]
async fn a_record_is_kept_as_long_as_its_last_write_says() {
    let server = redis_server(&[]);
    let (backend, clock) = by_hand(&server.address());
    let mut console = Console::new(&server.address());
    let mut version = None;
    for (days, data) in [
        (2, "first"),
        (2, "same"),
        (30, "later"),
        (1, "earlier"),
        (1, "same"),
    ] {
        let life = Duration::from_secs(days * 86_400);
        let mut new = record(data);
        new.expiry = clock.now().after(life);
        version = Some(match version {
            None => create(&backend, &key(1), new).await,
            Some(version) => match backend.replace(&key(1), version, new).await {
                Ok(Replace::Replaced(version)) => version,
                answer => panic!("{answer:?}"),
            },
        });
        let left = console.left(&format!("sessions:{}", key(1).to_text()));
        let life = i64::try_from(life.as_millis()).expect("some days");
        assert!(left > life && left <= life + 61_000, "{data}: {left} for {life}");
        assert_eq!(load(&backend, &key(1)).await.expect("a record").data, data);
    }
}
