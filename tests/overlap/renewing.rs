//! A new id: what the old one is worth afterwards, and what is left of two renewals, or of one that failed.

use actix_web::rt;
use sessions_runtime::Backend;
use sessions_runtime::testing::{Client, Failure, Operation};

use crate::pages::{self, COOKIE, crossed, id_of, text, text_with, visitor};
use crate::support::site::Site;

/// The records that are left when every `moved` one has expired.
async fn living(site: &Site) -> usize {
    site.later(61);
    site.memory
        .purge_expired(usize::MAX)
        .await
        .expect("memory does not fail");
    site.memory.len()
}

/// S9, S10
#[actix_web::test]
async fn a_renewed_session_keeps_its_data_and_the_old_id_stops_at_once() {
    let site = pages::site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let old = id_of(&client);
    let reply = client.get("/kept/login/ada").send().await;
    assert_eq!(reply.set_cookies().len(), 1);
    assert_ne!(id_of(&client), old);
    assert_eq!(text_with(&site, &old, "/kept/origin").await, "unknown");
    assert_eq!(text(&client, "/kept/keys").await, "before,user");
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
    assert_eq!(living(&site).await, 1);
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
}

/// S9
/// A sealed cookie has no id: it is sealed anew, and an old copy goes on working, as the documentation says.
#[actix_web::test]
async fn renewing_a_sealed_session_seals_it_anew() {
    let site = pages::site();
    let client = site.client();
    client.get("/sealed/renew/a").send().await;
    let old = id_of(&client);
    // Nothing changes but the seal.
    assert_eq!(client.get("/sealed/renew/a").send().await.set_cookies().len(), 1);
    assert_eq!(text_with(&site, &old, "/sealed/keys").await, "a");
    assert_eq!(text(&client, "/sealed/keys").await, "a");
}

/// S9, S10
/// The counter-example "fork": of two renewals one wins, the other's edits are merged, and only one id is handed out.
#[actix_web::test]
async fn of_two_renewals_one_wins_and_both_are_kept() {
    let site = pages::site();
    for operation in [Operation::Create, Operation::Replace] {
        let client = visitor(&site, &["before"]).await;
        let old = id_of(&client);
        let before = living(&site).await;
        let (slow, fast) = crossed(
            &site,
            &client,
            ("/kept/renew/slow", operation),
            "/kept/renew/fast",
        )
        .await;
        assert_eq!((slow.status.as_u16(), fast.status.as_u16()), (200, 200));
        assert!(
            slow.set_cookies().is_empty(),
            "the loser never learns the winner's id: {operation:?}"
        );
        assert_eq!(fast.set_cookies().len(), 1);
        assert_eq!(
            text(&client, "/kept/keys").await,
            "before,fast,slow",
            "{operation:?}"
        );
        assert_eq!(text_with(&site, &old, "/kept/keys").await, "");
        assert_eq!(living(&site).await, before, "{operation:?}");
    }
}

/// S10
#[actix_web::test]
async fn of_many_renewals_one_wins_and_all_are_kept() {
    let site = pages::site();
    let client = visitor(&site, &["before"]).await;
    let pauses: Vec<_> = (0..8)
        .map(|_| site.backend.pause_next(Operation::Create))
        .collect();
    let running: Vec<_> = (0..8)
        .map(|n| rt::spawn(client.get(&format!("/kept/renew/e{n}")).send()))
        .collect();
    for pause in &pauses {
        pause.reached().await;
    }
    drop(pauses);
    let mut cookies = 0;
    for reply in running {
        cookies += reply.await.expect("the request is answered").set_cookies().len();
    }
    assert_eq!(cookies, 1);
    assert_eq!(
        text(&client, "/kept/keys").await,
        "before,e0,e1,e2,e3,e4,e5,e6,e7"
    );
    assert_eq!(living(&site).await, 1);
}

/// S10
/// What another request saves between the two steps of a renewal comes along.
#[actix_web::test]
async fn a_write_between_the_steps_of_a_renewal_is_kept() {
    let site = pages::site();
    for fast in ["/kept/set/a/1", "/kept/add/a"] {
        let client = visitor(&site, &["before"]).await;
        let (slow, _) = crossed(&site, &client, ("/kept/login/ada", Operation::Replace), fast).await;
        assert_eq!(slow.set_cookies().len(), 1);
        assert_eq!(text(&client, "/kept/keys").await, "a,before,user", "{fast}");
    }
    let client = visitor(&site, &["before"]).await;
    crossed(
        &site,
        &client,
        ("/kept/login/ada", Operation::Replace),
        "/kept/clear",
    )
    .await;
    assert_eq!(text(&client, "/kept/keys").await, "user", "clear came first");
    let client = visitor(&site, &["before"]).await;
    crossed(
        &site,
        &client,
        ("/kept/login/ada", Operation::Replace),
        "/kept/flash/hello",
    )
    .await;
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// What the browser is left with after a renewal whose backend failed: it is told nothing, and tries again.
async fn failed_renewal(site: &Site, operation: Operation, failure: Failure) -> (Client, String) {
    let client = visitor(site, &["before"]).await;
    let old = id_of(&client);
    site.backend.fail_next(operation, failure);
    let reply = client.get("/kept/login/ada").send().await;
    assert_eq!(reply.status, 503, "{operation:?} {failure:?}");
    assert!(reply.set_cookie(COOKIE).is_none(), "{operation:?} {failure:?}");
    (client, old)
}

/// S10
#[actix_web::test]
async fn a_renewal_that_failed_leaves_the_old_id_working() {
    let site = pages::site();
    let cases = [
        (Operation::Create, Failure::Before),
        (Operation::Create, Failure::After),
        (Operation::Create, Failure::Busy),
        (Operation::Replace, Failure::Before),
        (Operation::Replace, Failure::Busy),
    ];
    for (operation, failure) in cases {
        let (client, old) = failed_renewal(&site, operation, failure).await;
        assert_eq!(
            text_with(&site, &old, "/kept/keys").await,
            "before",
            "{operation:?} {failure:?}"
        );
        assert_eq!(text(&client, "/kept/get/user").await, "-");
        client.get("/kept/login/ada").send().await;
        assert_eq!(text(&client, "/kept/keys").await, "before,user");
    }
}

/// S10
/// The answer to the last step was lost. Nobody got the new id, but the data is still there, under exactly one.
#[actix_web::test]
async fn a_renewal_of_unknown_outcome_never_leaves_zero_records() {
    let site = pages::site();
    let (client, old) = failed_renewal(&site, Operation::Replace, Failure::After).await;
    assert_eq!(text_with(&site, &old, "/kept/origin").await, "unknown");
    assert_eq!(living(&site).await, 1);
    // Its user signs in again.
    client.get("/kept/login/ada").send().await;
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
}
