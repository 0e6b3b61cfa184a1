//! A save that fails, or whose outcome nobody knows: never tried again, never told as a success.

use std::pin::pin;

use actix_web::{get, rt, web};
use futures_util::future::select;
use sessions_runtime::testing::{Failure, Operation, Reply};
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, id_of, text, text_with, visitor};
use crate::support::gate::Gate;
use crate::support::logs;
use crate::support::site::Site;

/// Saves in the middle, and goes on whatever came of it.
#[with_sessions(default = "memory")]
#[get("/swallows/{what}")]
async fn swallows(session: &Session, what: web::Path<String>) -> Result<String, SessionError> {
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    if *what == "renew" {
        session.renew();
    }
    let first = session.save().await;
    Ok(first.map_or_else(|err| format!("{:?}", err.kind()), |()| "saved".to_owned()))
}

/// Gives up waiting for its save.
#[with_sessions(default = "memory")]
#[get("/impatient")]
async fn impatient(session: &Session, gate: web::Data<Gate>) -> Result<&'static str, SessionError> {
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    drop(select(pin!(session.save()), pin!(gate.pass())).await);
    Ok("whatever")
}

#[with_sessions(default = "memory")]
#[get("/fails-to-save")]
async fn fails_to_save() -> Result<&'static str, SessionError> {
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok("never seen")
}

#[with_sessions(default = "memory")]
#[get("/saves-twice")]
async fn saves_twice() -> Result<&'static str, SessionError> {
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    session.save().await?;
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok("done")
}

fn site() -> (Site, Gate) {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::new(move |app| {
        app.app_data(data.clone())
            .service((swallows, impatient, fails_to_save, saves_twice));
        pages::routes(app);
    });
    (site, gate)
}

/// A failed save: 503, an empty body, no cookie, and nothing that makes a client repeat what may have been ordered.
fn assert_not_saved(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 503, "{what}");
    assert_eq!(reply.text(), "", "{what}");
    assert!(reply.set_cookies().is_empty(), "{what}");
    assert_eq!(reply.header("retry-after"), None, "{what}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{what}");
}

/// P25
#[actix_web::test]
async fn a_failed_save_answers_503_without_cookie_body_or_retry_after() {
    let log = logs::capture();
    let (site, _) = site();
    for failure in [Failure::Before, Failure::Busy] {
        let client = visitor(&site, &["before"]).await;
        let id = id_of(&client);
        for path in [
            "/fails-to-save",
            "/kept/answer/200",
            "/kept/fail/403",
            "/kept/always/500",
            "/kept/clear",
        ] {
            // The renewals among them write with `create`.
            let operation = if path.contains("/2") || path.contains("/4") || path.contains("/5") {
                Operation::Create
            } else {
                Operation::Replace
            };
            site.backend.fail_next(operation, failure);
            assert_not_saved(&client.get(path).send().await, path);
            assert_eq!(text_with(&site, &id, "/kept/keys").await, "before", "{path}");
        }
    }
    let told = log.lines(0, "sessions cannot be saved");
    let ours = told.iter().filter(|line| line.contains("fails_to_save"));
    assert_eq!(ours.count(), 2, "{told:?}");
    let first = site.client();
    site.backend.fail_next(Operation::Create, Failure::Before);
    assert_not_saved(&first.get("/kept/set/a/1").send().await, "a first visit");
}

/// P25
#[actix_web::test]
async fn a_failed_sign_out_does_not_say_that_it_succeeded() {
    let (site, _) = site();
    for path in ["/kept/logout", "/kept/logout/403", "/kept/logout/500"] {
        let client = visitor(&site, &["before"]).await;
        let id = id_of(&client);
        site.backend.fail_next(Operation::Delete, Failure::Before);
        site.backend.fail_next(Operation::Delete, Failure::Before);
        assert_not_saved(&client.get(path).send().await, path);
        assert_eq!(id_of(&client), id, "{path}");
        // Deleting is safe to do twice. However often it was tried, trying again ends the session.
        client.get("/kept/logout").send().await;
        client.get("/kept/logout").send().await;
        assert_eq!(text_with(&site, &id, "/kept/keys").await, "", "{path}");
        assert!(site.memory.is_empty(), "{path}");
    }
}

/// P25, C2
/// The backend did it, and the answer was lost: a second try could do it twice.
#[actix_web::test]
async fn a_write_of_unknown_outcome_is_never_tried_again() {
    let (site, _) = site();
    let cases = [
        ("/kept/add/n", 1),
        ("/swallows/update", 1),
        ("/swallows/renew", 2),
        ("/saves-twice", 1),
    ];
    for (path, creates) in cases {
        let client = visitor(&site, &["before"]).await;
        site.backend.take_operations();
        site.backend.fail_next(Operation::Replace, Failure::After);
        assert_not_saved(&client.get(path).send().await, path);
        let operations = site.backend.take_operations();
        assert_eq!(
            operations
                .iter()
                .filter(|one| **one == Operation::Replace)
                .count(),
            1,
            "{path}: {operations:?}"
        );
        assert!(operations.len() <= creates + 1, "{path}: {operations:?}");
        if path != "/swallows/renew" {
            assert_eq!(text(&client, "/kept/count/n").await, "1", "{path}");
        }
    }
}

/// P25
/// The same where the backend never saw the write: nothing was saved, and the answer does not claim it.
#[actix_web::test]
async fn an_error_that_the_handler_swallowed_still_fails_the_response() {
    let (site, _) = site();
    for (path, operation) in [
        ("/swallows/update", Operation::Replace),
        ("/swallows/renew", Operation::Create),
        ("/swallows/renew", Operation::Replace),
    ] {
        let client = visitor(&site, &["before"]).await;
        site.backend.fail_next(operation, Failure::Before);
        assert_not_saved(&client.get(path).send().await, path);
        assert_eq!(
            text(&client, "/kept/keys").await,
            "before",
            "{path} {operation:?}"
        );
    }
}

/// P25
/// Nor may a save that was given up, and whose outcome is unknown, end as a success.
#[actix_web::test]
async fn a_save_that_was_cancelled_is_not_told_as_a_success() {
    let (site, gate) = site();
    let client = visitor(&site, &["before"]).await;
    let pause = site.backend.pause_next(Operation::Replace);
    let running = rt::spawn(client.get("/impatient").send());
    pause.reached().await;
    gate.open();
    assert_not_saved(
        &running.await.expect("the request is answered"),
        "a save that was given up",
    );
    pause.release();
    assert_eq!(text(&client, "/kept/count/n").await, "0");
}

/// P25
/// A touch is no save: that it failed costs nobody the page.
#[actix_web::test]
async fn a_failed_touch_is_logged_and_the_page_is_shown() {
    let log = logs::capture();
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    site.later(7 * 86_400);
    site.backend.fail_next(Operation::Touch, Failure::Before);
    let mark = log.mark();
    assert_eq!(text(&client, "/kept/keys").await, "before");
    assert!(
        !log.lines(mark, "the session's idle time-out was not extended")
            .is_empty()
    );
}
