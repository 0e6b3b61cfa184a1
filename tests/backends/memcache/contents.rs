//! What lies in memcached: nothing that works as a cookie.

use actix_web::rt;
use futures_util::future::join_all;
use sessions_runtime::testing::Client;

use super::console::Console;
use super::site;
use super::{connect_to, memcached};
use crate::pages::{COOKIE, ask, visitor};

/// S8, V2
#[actix_web::test]
async fn nothing_in_memcached_works_as_a_cookie() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    let old = client.cookie(COOKIE).expect("a cookie");
    ask(&client, "/renew").await;
    let cookie = client.cookie(COOKIE).expect("a cookie");
    let mut console = Console::new(&server.address());
    let keys = console.keys();
    assert_eq!(keys.len(), 2, "the session, and the trace of its old id");
    for key in keys {
        let (_, data) = console.item(&key, "").expect("an item");
        let hash = key.strip_prefix("sessions:").expect("the prefix");
        for genuine in [&cookie, &old] {
            // The id, as it stands in the cookie's own spelling, at whatever offset.
            for part in genuine.as_bytes().windows(20) {
                assert!(
                    !hash.as_bytes().windows(20).any(|window| window == part),
                    "an id is in a key"
                );
                assert!(
                    !data.windows(20).any(|window| window == part),
                    "an id is in a record"
                );
            }
        }
        let data = String::from_utf8_lossy(&data).into_owned();
        let texts = [
            key.clone(),
            hash.to_owned(),
            data.chars().filter(char::is_ascii_alphanumeric).collect(),
        ];
        // As they are, and in the place of the id in a genuine cookie.
        let spliced = texts.iter().flat_map(|text| {
            let cookie = cookie.clone();
            (0..cookie.len().saturating_sub(text.len())).map(move |offset| {
                let mut cookie = cookie.clone();
                cookie.replace_range(offset..offset + text.len(), text);
                cookie
            })
        });
        for stolen in texts.iter().cloned().chain(spliced) {
            let thief = Client::new(&site);
            let request = thief.get("/get/user").cookie_header(format!("{COOKIE}={stolen}"));
            assert_eq!(request.send().await.text(), "-", "{stolen}");
        }
    }
    assert_eq!(ask(&client, "/get/user").await, "ann");
}

/// T57, C16
#[actix_web::test]
async fn everything_in_memcached_has_an_end() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let first_requests = (0..10).map(|_| rt::spawn(Client::new(&site).get("/set/user/ann").send()));
    for reply in join_all(first_requests).await {
        assert_eq!(reply.expect("an answer").status, 200);
    }
    let client = visitor(&site, "ben").await;
    ask(&client, "/locked").await;
    ask(&client, "/renew").await;
    let mut console = Console::new(&server.address());
    let keys = console.keys();
    assert!(keys.len() >= 12, "{}", keys.len());
    for key in keys {
        // A lock that has been given back meanwhile has ended, too.
        if let Some((left, _)) = console.item(&key, "t") {
            assert_ne!(left, "t-1");
        }
    }
}

/// S57
/// Locks are keys of their own, hold a random token, and are gone with the request.
#[actix_web::test]
async fn a_lock_leaves_nothing_behind() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let client = visitor(&site, "ann").await;
    assert_eq!(ask(&client, "/locked").await, "1");
    let mut console = Console::new(&server.address());
    // The release is sent off without waiting for it.
    while console.keys().iter().any(|key| key.ends_with(":lock")) {}
    assert_eq!(console.keys().len(), 1);
}
