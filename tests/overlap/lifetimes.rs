//! How long a session lives, to the second, for a client that keeps its cookie for ever.

use std::time::Duration;

use sessions_runtime::testing::{Client, Operation, Reply};

use crate::pages::{COOKIE, id_of, site_with, text, text_with};
use crate::support::site::Site;

pub(crate) const PLACES: [&str; 2] = ["sealed", "kept"];

pub(crate) fn with_max_age(seconds: u64) -> Site {
    site_with(|builder| builder.session_max_age(Duration::from_secs(seconds)))
}

pub(crate) fn with_idle(seconds: u64) -> Site {
    site_with(|builder| builder.idle_timeout(Duration::from_secs(seconds)))
}

pub(crate) async fn begun(site: &Site, place: &str) -> Client {
    let client = site.client();
    client.get(&format!("/{place}/set/a/1")).send().await;
    client
}

/// What is in the session for somebody who sends this cookie now, whatever the browser thinks of its age.
pub(crate) async fn keys(site: &Site, place: &str, cookie: &str) -> String {
    text_with(site, cookie, &format!("/{place}/keys")).await
}

pub(crate) fn max_age(reply: &Reply) -> Option<i64> {
    reply.set_cookie(COOKIE).expect("a session cookie").max_age
}

/// S15, S16
#[actix_web::test]
async fn a_session_ends_with_the_last_second_of_its_absolute_lifetime() {
    for place in PLACES {
        let site = with_max_age(1_000);
        let client = begun(&site, place).await;
        let cookie = id_of(&client);
        site.later(1_000);
        assert_eq!(keys(&site, place, &cookie).await, "a", "{place}");
        site.later(1);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
        let origin = text_with(&site, &cookie, &format!("/{place}/origin")).await;
        assert!(
            ["expired", "unknown"].contains(&origin.as_str()),
            "{place}: {origin}"
        );
    }
}

/// S15
#[actix_web::test]
async fn neither_use_nor_saves_nor_renewals_lengthen_the_absolute_lifetime() {
    for place in PLACES {
        let site = with_max_age(1_000);
        let client = begun(&site, place).await;
        for step in [
            "set/b/1",
            "renew/c",
            "keys",
            "add/n",
            "flash/hello",
            "renew/d",
            "flashes",
            "forget",
            "clear",
        ] {
            site.later(100);
            client.get(&format!("/{place}/{step}")).send().await;
        }
        client.get(&format!("/{place}/set/z/1")).send().await;
        let cookie = id_of(&client);
        site.later(100);
        assert_eq!(keys(&site, place, &cookie).await, "z", "{place}");
        site.later(1);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S15
/// The cookie's `Max-Age` is what is left, so browser and server agree about the end.
#[actix_web::test]
async fn the_cookies_max_age_is_what_is_left_of_the_session() {
    for place in PLACES {
        let site = with_max_age(1_000);
        let client = site.client();
        assert_eq!(
            max_age(&client.get(&format!("/{place}/set/a/1")).send().await),
            Some(1_000),
            "{place}"
        );
        site.later(300);
        assert_eq!(
            max_age(&client.get(&format!("/{place}/renew/b")).send().await),
            Some(700),
            "{place}"
        );
        site.later(699);
        assert_eq!(text(&client, &format!("/{place}/keys")).await, "a,b", "{place}");
        site.later(2);
        assert_eq!(client.cookie(COOKIE), None, "{place}");
    }
}

/// S14, S16
#[actix_web::test]
async fn an_unused_session_ends_with_the_last_second_of_its_idle_time() {
    for place in PLACES {
        let site = with_idle(1_000);
        let client = begun(&site, place).await;
        let cookie = id_of(&client);
        site.later(1_000);
        assert_eq!(keys(&site, place, &cookie).await, "a", "{place}");
        let site = with_idle(1_000);
        let client = begun(&site, place).await;
        let cookie = id_of(&client);
        site.later(1_001);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S14, S15
#[actix_web::test]
async fn a_session_that_is_used_outlives_its_idle_time_but_not_its_absolute_one() {
    for place in PLACES {
        let site = site_with(|builder| {
            builder
                .idle_timeout(Duration::from_secs(1_000))
                .session_max_age(Duration::from_secs(10_000))
        });
        let client = begun(&site, place).await;
        for use_after in [900; 11] {
            site.later(use_after);
            assert_eq!(text(&client, &format!("/{place}/keys")).await, "a", "{place}");
        }
        let cookie = id_of(&client);
        site.later(100);
        assert_eq!(
            keys(&site, place, &cookie).await,
            "a",
            "{place}: 10,000 s after its beginning"
        );
        site.later(1);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S14
/// Use is noted once in a tenth of the idle time: a session lives for at least nine tenths of it after its last use, and
/// never longer than all of it.
#[actix_web::test]
async fn use_is_noted_with_a_precision_of_a_tenth_of_the_idle_time() {
    for place in PLACES {
        let site = with_idle(1_000);
        let client = begun(&site, place).await;
        site.backend.take_operations();
        for _ in 0..3 {
            site.later(33);
            assert!(
                client
                    .get(&format!("/{place}/keys"))
                    .send()
                    .await
                    .set_cookies()
                    .is_empty(),
                "{place}"
            );
        }
        assert!(
            !site.backend.operations().contains(&Operation::Touch),
            "{place}: 99 s are too little to note"
        );
        let cookie = id_of(&client);
        site.later(900);
        assert_eq!(
            keys(&site, place, &cookie).await,
            "a",
            "{place}: 900 s after the last use"
        );

        let client = begun(&site, place).await;
        site.later(101);
        client.get(&format!("/{place}/keys")).send().await;
        let cookie = id_of(&client);
        site.later(1_000);
        assert_eq!(keys(&site, place, &cookie).await, "a", "{place}: noted");
        let client = begun(&site, place).await;
        site.later(101);
        client.get(&format!("/{place}/keys")).send().await;
        let cookie = id_of(&client);
        site.later(1_001);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S14
/// A page that was sent before the refresh comes back with the older cookie: on a server that makes no difference.
#[actix_web::test]
async fn a_touch_counts_for_every_copy_of_the_id() {
    let site = with_idle(1_000);
    let client = begun(&site, "kept").await;
    let cookie = id_of(&client);
    site.later(500);
    assert!(client.get("/kept/keys").send().await.set_cookies().is_empty());
    site.later(900);
    assert_eq!(keys(&site, "kept", &cookie).await, "a");
}

/// S14, S15, S18
#[actix_web::test]
async fn a_browser_session_has_no_max_age_and_ends_on_the_server_all_the_same() {
    for place in PLACES {
        for idle in [true, false] {
            let site = site_with(|builder| {
                let builder = builder.browser_session(true);
                let span = Duration::from_secs(1_000);
                if idle {
                    builder.idle_timeout(span)
                } else {
                    builder.session_max_age(span)
                }
            });
            let client = site.client();
            let reply = client.get(&format!("/{place}/set/a/1")).send().await;
            let sent = reply.set_cookie(COOKIE).expect("a session cookie");
            assert_eq!((sent.max_age, sent.expires), (None, None), "{place}");
            site.later(1_001);
            assert!(client.cookie(COOKIE).is_some(), "the browser still has it");
            assert_eq!(text(&client, &format!("/{place}/keys")).await, "", "{place}");
        }
    }
}
