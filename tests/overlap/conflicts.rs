//! `conflict = "reject"`: whoever was not first is told, and has written nothing.

use actix_web::{get, web};
use sessions_runtime::testing::{Operation, Reply};
use sessions_runtime::{ConflictRule, SessionError, with_sessions};

use crate::pages::{self, COOKIE, crossed, id_of, text, text_with, visitor};
use crate::support::site::Site;

#[with_sessions(default = "memory", conflict = "reject")]
#[session(name = "other", backend = "memory")]
#[get("/rejecting/{name}")]
async fn rejecting(name: web::Path<String>) -> Result<&'static str, SessionError> {
    session.insert(&name, 1)?;
    other.insert(&name, 1)?;
    session.add_flash("hello")?;
    session_store.set_cookie("seen", "yes")?;
    Ok("done")
}

#[with_sessions(default = "memory", conflict = "reject")]
#[get("/rejecting-renewal")]
async fn rejecting_renewal() -> Result<&'static str, SessionError> {
    session.insert("user", "ada")?;
    session.renew();
    Ok("done")
}

/// Whether its session rejects is a matter of the configuration.
#[with_sessions]
#[session(name = "ledger")]
#[get("/ledger/{name}")]
async fn ledger(name: web::Path<String>) -> Result<String, SessionError> {
    ledger.insert(&name, 1)?;
    Ok(ledger.keys().join(","))
}

#[with_sessions(default = "memory", conflict = "reject")]
#[get("/rejected-in-the-middle")]
async fn rejected_in_the_middle() -> Result<String, SessionError> {
    session.insert("a", 1)?;
    let err = session.save().await.err();
    Ok(err.map_or_else(
        || "saved".to_owned(),
        |err| format!("{:?} {}", err.kind(), err.is_conflict()),
    ))
}

#[with_sessions(default = "memory")]
#[session(name = "other", backend = "memory")]
#[get("/both")]
async fn both() -> String {
    format!("{} {}", session.keys().join(","), other.keys().join(","))
}

fn site() -> Site {
    Site::with(
        |builder| {
            builder.session("ledger", |one| {
                one.backend("memory").conflict(ConflictRule::Reject)
            })
        },
        |app| {
            app.service((rejecting, rejecting_renewal, ledger, rejected_in_the_middle, both));
            pages::routes(app);
        },
    )
}

fn assert_rejected(reply: &Reply) {
    assert_eq!(reply.status, 409);
    assert_eq!(reply.text(), "");
    assert!(reply.set_cookies().is_empty());
    assert_eq!(reply.header("retry-after"), None);
}

/// C1
#[actix_web::test]
async fn a_rejected_request_answers_409_and_has_written_nothing() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/rejecting/first").send().await;
    let (slow, fast) = crossed(
        &site,
        &client,
        ("/rejecting/slow", Operation::Replace),
        "/kept/set/fast/1",
    )
    .await;
    assert_rejected(&slow);
    assert_eq!(fast.status, 200);
    // Not even the other session, which nobody else changed.
    assert_eq!(text(&client, "/both").await, "before,fast,first first");
    assert_eq!(
        text(&client, "/kept/flashes").await,
        "hello",
        "that of the first request"
    );
    assert_eq!(client.get("/rejecting/again").send().await.status, 200);
}

/// C1
#[actix_web::test]
async fn the_configuration_can_say_that_a_session_rejects() {
    let site = site();
    let client = site.client();
    client.get("/ledger/first").send().await;
    let (slow, fast) = crossed(
        &site,
        &client,
        ("/ledger/slow", Operation::Replace),
        "/ledger/fast",
    )
    .await;
    assert_rejected(&slow);
    assert_eq!(fast.status, 200);
    assert_eq!(text(&client, "/ledger/again").await, "again,fast,first");
}

/// C1, S9
#[actix_web::test]
async fn a_rejected_renewal_leaves_the_old_id_working_and_no_record_of_the_new_one() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    let old = id_of(&client);
    let slow = ("/rejecting-renewal", Operation::Replace);
    let (slow, _) = crossed(&site, &client, slow, "/kept/set/fast/1").await;
    assert_rejected(&slow);
    assert_eq!(text_with(&site, &old, "/kept/keys").await, "before,fast");
    assert_eq!(site.memory.len(), 1);
}

/// C1
#[actix_web::test]
async fn saving_in_the_middle_says_conflict_and_the_answer_does_too() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    let slow = ("/rejected-in-the-middle", Operation::Replace);
    let (slow, _) = crossed(&site, &client, slow, "/kept/set/a/fast").await;
    // The handler swallowed the error; its change is still not saved, so the answer must not say that all is well.
    assert_rejected(&slow);
    assert_eq!(text(&client, "/kept/get/a").await, "fast");
    assert!(client.cookie(COOKIE).is_some());
}
