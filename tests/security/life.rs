//! Renewing, emptying, expiring, and visitors who never had a session.

use std::time::Duration;

use sessions_runtime::Backend;
use sessions_runtime::testing::{Failure, Operation};

use crate::app::{self, COOKIE, KINDS, sign_in, user};
use crate::support::site::Site;

/// S9
#[actix_web::test]
async fn a_renewed_session_has_a_new_id_its_data_and_no_old_id() {
    let site = app::site();
    let client = site.client();
    let old = sign_in(&client, "/kept").await;
    client.get("/kept/renew").send().await;
    let new = client.cookie(COOKIE).expect("a cookie");
    assert_ne!(old, new);
    assert_eq!(client.get("/kept/get/user").send().await.text(), "ada");
    assert_eq!(
        user(&site.client(), "/kept", format!("{COOKIE}={old}")).await,
        "nobody",
        "no grace"
    );
}

/// S10
#[actix_web::test]
async fn a_renewed_session_leaves_one_record() {
    let site = app::site();
    let client = site.client();
    for step in 0..5 {
        client.get(&format!("/kept/put/step/{step}")).send().await;
        client.get("/kept/renew").send().await;
    }
    site.later(61);
    site.memory.purge_expired(100).await.expect("memory cannot fail");
    assert_eq!(site.memory.len(), 1);
    assert_eq!(client.get("/kept/get/step").send().await.text(), "4");
}

/// S10
/// Whichever step of a renewal fails, before or after the store did it: a record stays, and while the old id has not
/// moved, it works.
#[actix_web::test]
async fn a_renewal_that_fails_never_leaves_nothing() {
    for operation in [Operation::Create, Operation::Replace] {
        for failure in [Failure::Before, Failure::After] {
            let site = app::site();
            let client = site.client();
            sign_in(&client, "/kept").await;
            site.backend.fail_next(operation, failure);
            let reply = client.get("/kept/renew").send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.set_cookies().len()),
                (503, 0),
                "{operation:?} {failure:?}"
            );
            assert!(!site.memory.is_empty(), "{operation:?} {failure:?}");
            let moved = (operation, failure) == (Operation::Replace, Failure::After);
            let expected = if moved { "nobody" } else { "ada" };
            assert_eq!(
                client.get("/kept/get/user").send().await.text(),
                expected,
                "{operation:?} {failure:?}"
            );
        }
    }
}

/// S20, V12
#[actix_web::test]
async fn visitors_without_a_session_leave_no_trace() {
    let site = app::site();
    let client = site.client();
    let reading = [
        "/get/user",
        "/origin",
        "/flashes",
        "/clear",
        "/destroy",
        "/remove/user",
        "/renew",
    ];
    for number in 0..500 {
        let path = format!("{}{}", KINDS[number % 2], reading[number / 2 % reading.len()]);
        let reply = client.get(&path).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.set_cookies().len()),
            (200, 0),
            "{path}"
        );
    }
    assert!(site.memory.is_empty());
    assert!(
        site.backend.operations().is_empty(),
        "the backend was not even asked"
    );
}

/// S20, V12
/// A sign-out, a scan, a crawler with a dead cookie.
#[actix_web::test]
async fn dead_cookies_create_no_records() {
    let site = app::site();
    for path in [
        "/kept/destroy",
        "/kept/clear",
        "/kept/renew",
        "/kept/get/user",
        "/kept/flashes",
    ] {
        for _ in 0..20 {
            let reply = site
                .client()
                .get(path)
                .cookie_header(format!("{COOKIE}=dead"))
                .send()
                .await;
            assert_eq!(reply.status, 200, "{path}");
        }
    }
    assert!(site.memory.is_empty());
}

/// S46
/// To the second: as old as allowed, one second older; sealed as far ahead as clocks may differ, one second further.
#[actix_web::test]
async fn a_cookie_is_as_old_as_its_own_times_say() {
    for kind in KINDS {
        let site = Site::with(
            |builder| builder.session_max_age(Duration::from_secs(1_000)),
            app::routes,
        );
        let client = site.client();
        let start = site.clock.now();
        let line = format!("{COOKIE}={}", sign_in(&client, kind).await);
        for (age, expected) in [
            (999, "ada"),
            (1_000, "ada"),
            (1_001, "nobody"),
            (100_000, "nobody"),
        ] {
            site.clock.set(start.after(Duration::from_secs(age)));
            assert_eq!(user(&client, kind, &line).await, expected, "{kind}: {age} s old");
        }
        for (ahead, expected) in [(60, "ada"), (61, "nobody"), (100_000, "nobody")] {
            let client = site.client();
            site.clock.set(start.after(Duration::from_secs(ahead)));
            let line = format!("{COOKIE}={}", sign_in(&client, kind).await);
            site.clock.set(start);
            assert_eq!(
                user(&client, kind, &line).await,
                expected,
                "{kind}: {ahead} s ahead"
            );
        }
    }
}

/// S46
/// By the configured age, and by the end that was sealed into it.
#[actix_web::test]
async fn a_sealed_cookie_of_the_application_ages_too() {
    for (put, age) in [
        ("/secure/invite/put/ada", 1_000),
        ("/secure/invite/put/ada/for/100", 100),
    ] {
        let site = Site::with(
            |builder| builder.session_max_age(Duration::from_secs(1_000)),
            app::routes,
        );
        let client = site.client();
        client.get(put).send().await;
        let line = format!("invite={}", client.cookie("invite").expect("a cookie"));
        let start = site.clock.now();
        for (moment, expected) in [(age - 1, "ada"), (age, "ada"), (age + 1, "nobody")] {
            site.clock.set(start.after(Duration::from_secs(moment)));
            let reply = client.get("/secure/invite/get").cookie_header(&line).send().await;
            assert_eq!(reply.text(), expected, "{put}: {moment} s old");
        }
    }
}

/// S12
/// What the documentation says in bold: there is nothing on the server that could say no.
#[actix_web::test]
async fn a_copy_of_a_sealed_cookie_outlives_the_sign_out() {
    for (kind, expected) in [("/sealed", "ada"), ("/kept", "nobody")] {
        let site = app::site();
        let client = site.client();
        let line = format!("{COOKIE}={}", sign_in(&client, kind).await);
        client.get(&format!("{kind}/destroy")).send().await;
        assert_eq!(client.cookie(COOKIE), None, "the browser has forgotten it");
        assert_eq!(user(&client, kind, &line).await, expected, "{kind}");
        site.later(31 * 86_400);
        assert_eq!(user(&client, kind, &line).await, "nobody", "{kind}");
    }
}

/// V32
/// Emptying is a change, however it is done: what was there does not come back.
#[actix_web::test]
async fn an_emptied_session_stays_empty() {
    for kind in KINDS {
        for emptying in ["clear", "remove/user", "destroy"] {
            let site = app::site();
            let client = site.client();
            sign_in(&client, kind).await;
            client.get(&format!("{kind}/{emptying}")).send().await;
            assert_eq!(
                client.get(&format!("{kind}/get/user")).send().await.text(),
                "nobody",
                "{kind}/{emptying}"
            );
        }
        let site = app::site();
        let client = site.client();
        client.get(&format!("{kind}/flash/hello")).send().await;
        assert_eq!(
            client.get(&format!("{kind}/flashes")).send().await.text(),
            "hello",
            "{kind}"
        );
        assert_eq!(
            client.get(&format!("{kind}/flashes")).send().await.text(),
            "",
            "{kind}: the last message"
        );
    }
}
