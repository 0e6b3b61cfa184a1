//! `remember_for` and `browser_session`: lives that a handler chooses, to the second.

use crate::lifetimes::{PLACES, begun, keys, max_age, with_idle, with_max_age};
use crate::pages::{id_of, text};

/// S15
#[actix_web::test]
async fn remember_for_counts_from_its_call_and_goes_beyond_the_configured_lifetime() {
    for place in PLACES {
        let site = with_max_age(1_000);
        let client = begun(&site, place).await;
        site.later(500);
        assert_eq!(
            max_age(&client.get(&format!("/{place}/remember/5000")).send().await),
            Some(5_000),
            "{place}"
        );
        let cookie = id_of(&client);
        site.later(3_000);
        // A save does not bring the configured lifetime back, and the cookie says what is left.
        let reply = client.get(&format!("/{place}/renew/b")).send().await;
        assert_eq!(max_age(&reply), Some(2_000), "{place}");
        let newer = id_of(&client);
        site.later(2_000);
        assert_eq!(keys(&site, place, &newer).await, "a,b", "{place}");
        site.later(1);
        assert_eq!(keys(&site, place, &newer).await, "", "{place}");
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S15
#[actix_web::test]
async fn remember_for_can_shorten_a_life_and_a_touch_does_not_lengthen_it_again() {
    for place in PLACES {
        let site = with_idle(1_000);
        let client = begun(&site, place).await;
        assert_eq!(
            max_age(&client.get(&format!("/{place}/remember/300")).send().await),
            Some(300),
            "{place}"
        );
        site.later(150);
        assert_eq!(text(&client, &format!("/{place}/keys")).await, "a", "{place}");
        let cookie = id_of(&client);
        site.later(150);
        assert_eq!(keys(&site, place, &cookie).await, "a", "{place}");
        site.later(1);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S14, S15
#[actix_web::test]
async fn a_remembered_session_that_is_not_used_ends_with_its_idle_time() {
    for place in PLACES {
        let site = with_idle(1_000);
        let client = begun(&site, place).await;
        client.get(&format!("/{place}/remember/5000")).send().await;
        let cookie = id_of(&client);
        site.later(1_001);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}

/// S15
/// A session that was remembered can be made one of the browser again; its end on the server stays.
#[actix_web::test]
async fn a_browser_session_after_remember_for_keeps_its_end() {
    for place in PLACES {
        let site = with_max_age(10_000);
        let client = begun(&site, place).await;
        client.get(&format!("/{place}/remember/300")).send().await;
        assert_eq!(
            max_age(&client.get(&format!("/{place}/forget")).send().await),
            None,
            "{place}"
        );
        let cookie = id_of(&client);
        site.later(300);
        assert_eq!(keys(&site, place, &cookie).await, "a", "{place}");
        site.later(1);
        assert_eq!(keys(&site, place, &cookie).await, "", "{place}");
    }
}
