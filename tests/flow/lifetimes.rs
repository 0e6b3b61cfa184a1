//! How long sessions live: from their creation, and from their last use.

use std::time::Duration;

use sessions_runtime::testing::Client;
use sessions_runtime::testing::Operation::{Load, Touch};
use sessions_runtime::{CookieArgs, Session, SessionError, SessionStore, SessionsBuilder};

use crate::places::{COOKIE, PLACES, on_both_places};

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    if step == "count" {
        session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    }
    Ok(format!(
        "{} {:?}",
        session.origin(),
        session.get::<u32>("visits")?
    ))
}

async fn step(client: &Client, place: &str, step: &str) -> String {
    client.get(&format!("{place}/{step}")).send().await.text()
}

fn short(builder: SessionsBuilder) -> SessionsBuilder {
    builder
        .session_max_age(Duration::from_secs(1_000))
        .idle_timeout(Duration::from_secs(100))
}

/// T34
#[actix_web::test]
async fn the_absolute_lifetime_counts_from_the_creation_whatever_is_written() {
    for place in PLACES {
        let site = site_with(|builder| builder.session_max_age(Duration::from_secs(1_000)));
        let client = site.client();
        for count in 1..=10 {
            site.later(if count == 1 { 0 } else { 100 });
            assert!(
                step(&client, place, "count")
                    .await
                    .ends_with(&format!("Some({count})")),
                "{place}"
            );
        }
        // The browser's own idea of the cookie's age is not asked.
        let header = format!("{COOKIE}={}", client.cookie(COOKIE).expect("a cookie"));
        for (pause, expected) in [(100, "loaded Some(10)"), (1, "expired None")] {
            site.later(pause);
            let reply = client
                .get(&format!("{place}/show"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(reply.text(), expected, "{place}");
        }
    }
}

/// T34, T31
#[actix_web::test]
async fn the_idle_lifetime_counts_from_the_last_use_and_reading_is_use() {
    for place in PLACES {
        // A backend has no records that are over, so there it looks like one that never was.
        let over = if place == "/kept" {
            "unknown None"
        } else {
            "expired None"
        };
        for (pause, expected) in [(100, "loaded Some(1)"), (101, over)] {
            let site = site_with(short);
            let client = site.client();
            step(&client, place, "count").await;
            for _ in 0..3 {
                site.later(99);
                assert_eq!(step(&client, place, "show").await, "loaded Some(1)", "{place}");
            }
            let header = format!("{COOKIE}={}", client.cookie(COOKIE).expect("a cookie"));
            site.later(pause);
            let reply = client
                .get(&format!("{place}/show"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(reply.text(), expected, "{place} after {pause} s");
        }
    }
}

/// T34
#[actix_web::test]
async fn the_refresh_of_the_idle_time_is_sent_at_most_once_in_a_tenth_of_it() {
    let site = site_with(short);
    let client = site.client();
    step(&client, "/sealed", "count").await;
    for (pause, cookies) in [(10, 0), (1, 1), (10, 0), (1, 1)] {
        site.later(pause);
        assert_eq!(
            client.get("/sealed/show").send().await.set_cookies().len(),
            cookies
        );
    }
    // On a server nothing is sent; the record's expiry is moved.
    let client = site.client();
    step(&client, "/kept", "count").await;
    site.backend.take_operations();
    for (pause, operations) in [(9, vec![Load]), (1, vec![Load, Touch]), (9, vec![Load])] {
        site.later(pause);
        assert!(client.get("/kept/show").send().await.set_cookies().is_empty());
        assert_eq!(site.backend.take_operations(), operations);
    }
}

/// T34
#[actix_web::test]
async fn activity_never_lengthens_the_absolute_lifetime() {
    for place in PLACES {
        let site = site_with(short);
        let client = site.client();
        step(&client, place, "count").await;
        for _ in 0..19 {
            site.later(50);
            assert_eq!(step(&client, place, "show").await, "loaded Some(1)", "{place}");
        }
        let header = format!("{COOKIE}={}", client.cookie(COOKIE).expect("a cookie"));
        for (pause, expected) in [(50, "loaded Some(1)"), (1, "expired None")] {
            site.later(pause);
            let reply = client
                .get(&format!("{place}/show"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(reply.text(), expected, "{place}");
        }
    }
}

/// T1
#[actix_web::test]
async fn a_shortened_configuration_ends_sessions_that_are_older() {
    let long = site_with(|builder| builder);
    let client = long.client();
    step(&client, "/sealed", "count").await;
    let short = site_with(short);
    let moved = short.client();
    moved.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a cookie"));
    short.later(90);
    assert_eq!(step(&moved, "/sealed", "show").await, "loaded Some(1)");
    short.later(1_000);
    assert_eq!(step(&moved.fork(), "/sealed", "show").await, "expired None");
}

/// T1
#[actix_web::test]
async fn a_cookie_never_outlives_its_session() {
    for place in PLACES {
        for (session, cookie, expected) in [(100, 600, 100), (600, 100, 100)] {
            let site = site_with(|builder| {
                builder
                    .session_max_age(Duration::from_secs(session))
                    .cookie_args(CookieArgs::new().max_age(Duration::from_secs(cookie)))
            });
            let client = site.client();
            let reply = client.get(&format!("{place}/count")).send().await;
            let max_age = reply.set_cookie(COOKIE).and_then(|cookie| cookie.max_age);
            assert_eq!(max_age, Some(expected), "{place}: {session} {cookie}");
        }
    }
}

/// T1, T34
/// Where nothing else is said, the age of the cookie is that of the session, too: on the server.
#[actix_web::test]
async fn the_age_of_a_cookie_holds_on_the_server() {
    for place in PLACES {
        let site =
            site_with(|builder| builder.cookie_args(CookieArgs::new().max_age(Duration::from_secs(100))));
        let client = site.client();
        step(&client, place, "count").await;
        let header = format!("{COOKIE}={}", client.cookie(COOKIE).expect("a cookie"));
        for (pause, expected) in [(100, "loaded Some(1)"), (1, "expired None")] {
            site.later(pause);
            let reply = client
                .get(&format!("{place}/show"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(reply.text(), expected, "{place}");
        }
    }
}
