//! A handle and its own request's renewal.

use actix_web::{get, rt, web};
use sessions_runtime::testing::Operation::Replace;
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, Desk, count_up, site, text, visitor};
use crate::support::site::Site;

/// Saves ahead, so that the handle works already, and renews with the response.
#[with_sessions(default = "memory")]
#[get("/saves-then-renews")]
async fn saves_then_renews(session: &Session, desk: web::Data<Desk>) -> Result<&'static str, SessionError> {
    let handle = session.handle()?;
    desk.leave(handle.clone());
    session.insert("a", 1)?;
    session.save().await?;
    count_up(&handle, "n").await?;
    session.insert("user", "ada")?;
    session.renew();
    Ok("renewed")
}

/// S9
/// Made before the renewal, used after it: the session is the handle's still, with all that it may do.
#[actix_web::test]
async fn a_handle_from_before_a_renewal_of_its_own_request_works_after_it() {
    for what in ["renew", "write-and-renew"] {
        let (site, desk) = site();
        let (client, earlier) = visitor(&site, &desk, &["before"]).await;
        let old = client.fork();
        client.get(&format!("/handle/{what}/200")).send().await;
        let handle = desk.take();
        // Long after the old record has gone.
        site.later(3_600);
        handle
            .update(|session| {
                assert_eq!(session.get::<String>("before")?.as_deref(), Some("old"));
                session.insert("before", "changed")?;
                session.insert("from", "handle")
            })
            .await
            .expect("an update");
        assert_eq!(text(&client, "/get/before").await, "changed", "{what}");
        assert_eq!(text(&client, "/get/from").await, "handle", "{what}");
        assert_eq!(text(&old, "/keys").await, "", "{what}: the old id is dead");
        // One that was made in another request, and that did not look for too long.
        assert!(
            count_up(&earlier, "n").await.is_err_and(|err| err.is_gone()),
            "{what}"
        );
    }
}

/// S9
/// A renewal that came to nothing: the old id goes on, and so does the handle.
#[actix_web::test]
async fn a_handle_of_a_response_that_failed_stays_with_the_old_id() {
    let (site, desk) = site();
    let (client, _) = visitor(&site, &desk, &["before"]).await;
    client.get("/handle/write-and-renew/500").send().await;
    let handle = desk.take();
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 1);
    assert_eq!(text(&client, "/count/n").await, "1");
    assert_eq!(text(&client, "/keys").await, "before,n");
}

/// S9
/// What the handle knows from before the renewal does not hold it back after.
#[actix_web::test]
async fn a_handle_that_was_used_before_the_renewal_of_its_request_goes_on_after_it() {
    let desk = Desk::default();
    let shared = desk.clone();
    let site = Site::new(move |app| {
        app.service(saves_then_renews);
        pages::routes(app, &shared);
    });
    for visits in [&["before"][..], &[]] {
        let (client, _) = visitor(&site, &desk, visits).await;
        assert_eq!(text(&client, "/saves-then-renews").await, "renewed");
        let handle = desk.take();
        site.later(3_600);
        let user = handle
            .read(|session| session.get::<String>("user"))
            .await
            .expect("a read");
        assert_eq!(user.as_deref(), Some("ada"));
        handle
            .update(|session| session.insert("user", "grace"))
            .await
            .expect("an update");
        assert_eq!(count_up(&handle, "n").await.expect("an update"), 2);
        assert_eq!(text(&client, "/get/user").await, "grace");
    }
}

/// S9
/// An update that is under way while its request renews arrives, and afterwards the handle knows that the new id is its
/// own.
#[actix_web::test]
async fn an_update_under_way_during_the_renewal_of_its_request_arrives() {
    let gate = crate::support::gate::Gate::new();
    let data = web::Data::new(gate.clone());
    let desk = Desk::default();
    let shared = desk.clone();
    let site = Site::new(move |app| {
        app.app_data(data.clone()).service(renews_at_the_gate);
        pages::routes(app, &shared);
    });
    let (client, _) = visitor(&site, &desk, &["before"]).await;
    let running = rt::spawn(client.get("/renews-at-the-gate").send());
    gate.arrived().await;
    let handle = desk.take();
    let pause = site.backend.pause_next(Replace);
    let late = handle.clone();
    let late = rt::spawn(async move { count_up(&late, "n").await });
    pause.reached().await;
    gate.open();
    running.await.expect("the request is answered");
    pause.release();
    late.await.expect("a task that did not panic").expect("an update");
    let user = handle
        .read(|session| session.get::<String>("user"))
        .await
        .expect("a read");
    assert_eq!(user.as_deref(), Some("ada"));
    assert_eq!(text(&client, "/count/n").await, "1");
}

/// S9, C12
/// It has followed somebody else's sign-in while its own request went on: that this one ends later, and knows nothing of
/// the sign-in, takes the handle nowhere.
#[actix_web::test]
async fn a_handle_that_followed_a_sign_in_is_not_led_back_by_its_request() {
    let gate = crate::support::gate::Gate::new();
    let data = web::Data::new(gate.clone());
    let desk = Desk::default();
    let shared = desk.clone();
    let site = Site::new(move |app| {
        app.app_data(data.clone()).service(waits_at_the_gate);
        pages::routes(app, &shared);
    });
    let (client, _) = visitor(&site, &desk, &["before"]).await;
    let running = rt::spawn(client.get("/waits-at-the-gate").send());
    gate.arrived().await;
    let handle = desk.take();
    client.get("/login/ada").send().await;
    count_up(&handle, "n").await.expect("an update");
    gate.open();
    running.await.expect("the request is answered");
    site.later(3_600);
    count_up(&handle, "n").await.expect("an update");
    assert_eq!(text(&client, "/count/n").await, "2");
}

#[with_sessions(default = "memory")]
#[get("/waits-at-the-gate")]
async fn waits_at_the_gate(
    session: &Session,
    desk: web::Data<Desk>,
    gate: web::Data<crate::support::gate::Gate>,
) -> Result<&'static str, SessionError> {
    session.save().await?;
    desk.leave(session.handle()?);
    gate.pass().await;
    Ok("done")
}

#[with_sessions(default = "memory")]
#[get("/renews-at-the-gate")]
async fn renews_at_the_gate(
    session: &Session,
    desk: web::Data<Desk>,
    gate: web::Data<crate::support::gate::Gate>,
) -> Result<&'static str, SessionError> {
    desk.leave(session.handle()?);
    session.save().await?;
    gate.pass().await;
    session.insert("user", "ada")?;
    session.renew();
    Ok("renewed")
}
