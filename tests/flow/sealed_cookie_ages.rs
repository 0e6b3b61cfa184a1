//! How old a sealed cookie may be.

use crate::sealed_cookies::{site, site_with, step};

/// T31
#[actix_web::test]
async fn exactly_as_old_as_allowed_is_accepted_and_a_second_more_is_not() {
    let site = site();
    let client = site.client();
    step(&client, "set").await;
    assert_eq!(step(&client, "within_nothing").await, r#"["a","b","c"]"#);
    site.later(60);
    assert_eq!(step(&client, "within_a_minute").await, r#"["a","b","c"]"#);
    assert_eq!(step(&client, "within_nothing").await, "null");
    site.later(1);
    assert_eq!(step(&client, "within_a_minute").await, "null");
    assert_eq!(step(&client, "unlimited").await, r#"["a","b","c"]"#);
}

/// T33
#[actix_web::test]
async fn the_age_limit_is_the_configured_one_or_none_or_one_of_the_call() {
    let site = site_with(Some(100));
    let client = site.client();
    step(&client, "set").await;
    site.later(100);
    assert_eq!(step(&client, "get").await, r#"["a","b","c"]"#);
    site.later(1);
    assert_eq!(step(&client, "get").await, "null");
    assert_eq!(step(&client, "get_default").await, "null");
    assert_eq!(step(&client, "unlimited").await, r#"["a","b","c"]"#);
    assert_eq!(step(&client, "within_a_minute").await, "null");
    // Where nothing is configured, time is not looked at.
    let site = site_with(None);
    let client = site.client();
    step(&client, "set").await;
    site.later(10 * 365 * 86_400);
    assert_eq!(step(&client, "get").await, r#"["a","b","c"]"#);
}

/// T31
#[actix_web::test]
async fn a_max_age_that_was_sealed_in_holds_on_the_server() {
    let site = site();
    let client = site.client();
    step(&client, "set_for_a_minute").await;
    let header = format!("foo={}", client.cookie("foo").expect("the cookie"));
    site.later(60);
    assert_eq!(
        client
            .get("/unlimited")
            .cookie_header(&header)
            .send()
            .await
            .text(),
        "1"
    );
    site.later(1);
    assert_eq!(
        client
            .get("/unlimited")
            .cookie_header(&header)
            .send()
            .await
            .text(),
        "null"
    );
}

/// T32
#[actix_web::test]
async fn a_time_in_the_future_is_refused_beyond_a_small_skew() {
    let site = site();
    let client = site.client();
    let now = site.clock.now().unix();
    site.later(60);
    step(&client, "set").await;
    step(&client, "session/fill").await;
    site.clock.set(sessions_runtime::Timestamp::from_unix(now));
    assert_eq!(step(&client, "unlimited").await, r#"["a","b","c"]"#);
    assert_eq!(step(&client, "session/show").await, "1 loaded");
    site.clock.set(sessions_runtime::Timestamp::from_unix(now - 1));
    assert_eq!(step(&client, "unlimited").await, "null");
    assert_eq!(step(&client, "session/show").await, "0 future");
}
