//! A handle ends with its session, wherever that ended, and brings nothing back.

use actix_web::rt;
use sessions_runtime::testing::Operation::{Create, Delete, Load, Replace};
use sessions_runtime::testing::{Client, serve};
use sessions_runtime::{ErrorKind, SessionError};

use crate::pages::{self, COOKIE, Desk, count_up, site, site_with, text, visitor};
use crate::support::site::{SECRET, secret};

#[track_caller]
fn assert_gone<T: std::fmt::Debug>(answer: Result<T, SessionError>, what: &str) {
    let err = answer.expect_err(what);
    assert_eq!(err.kind(), ErrorKind::Gone, "{what}");
    assert!(err.is_gone(), "{what}");
}

/// C5, V1
#[actix_web::test]
async fn a_sign_out_ends_the_handle_and_nothing_comes_back() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let copy = client.fork();
    client.get("/logout").send().await;
    assert_gone(count_up(&handle, "n").await, "update");
    assert_gone(handle.read(|session| Ok(session.len())).await, "read");
    assert!(handle.destroy().await.is_ok(), "it is what was asked for");
    site.backend.take_operations();
    assert_gone(count_up(&handle, "n").await, "again");
    assert!(
        site.backend.operations().is_empty(),
        "what is known is not asked again"
    );
    assert_eq!(text(&copy, "/keys").await, "");
    assert!(site.memory.is_empty());
}

/// C5, S11
/// The other server knows nothing of the handle.
#[actix_web::test]
async fn a_sign_out_on_another_node_ends_the_handle() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let elsewhere = sessions_runtime::Sessions::builder()
        .secret_key(secret(SECRET))
        .clock(site.clock.clone())
        .backend("memory", site.memory.clone())
        .skip_verification()
        .build()
        .expect("the settings are fit");
    let server = serve(move |app| {
        app.app_data(elsewhere.clone());
        pages::routes(app, &Desk::default());
    });
    let other = Client::new(&server).with_clock(site.clock.clone());
    other.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a session"));
    assert_eq!(text(&other, "/get/before").await, "old");
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 1);
    assert_eq!(text(&other, "/count/n").await, "1");
    other.get("/logout").send().await;
    assert_gone(count_up(&handle, "n").await, "update");
    assert!(site.memory.is_empty());
}

/// C5, V1
/// Whatever the order of commands.
#[actix_web::test]
async fn an_update_that_a_sign_out_overtakes_brings_nothing_back() {
    for operation in [Load, Replace] {
        let (site, desk) = site();
        let (client, handle) = visitor(&site, &desk, &["before"]).await;
        let pause = site.backend.pause_next(operation);
        let late = rt::spawn(async move { count_up(&handle, "n").await });
        pause.reached().await;
        let copy = client.fork();
        client.get("/logout").send().await;
        pause.release();
        assert_gone(late.await.expect("a task that did not panic"), "update");
        assert_eq!(text(&copy, "/keys").await, "", "{operation:?}");
        assert!(site.memory.is_empty(), "{operation:?}");
    }
}

/// S11
#[actix_web::test]
async fn a_handle_ends_its_session_for_every_browser() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    handle.destroy().await.expect("a destroy");
    assert_eq!(text(&client, "/keys").await, "");
    assert_gone(count_up(&handle, "n").await, "update");
    assert!(site.memory.is_empty());
}

/// C5
/// The request that loses writes nothing and sends no cookie.
#[actix_web::test]
async fn a_request_that_a_destroying_handle_overtakes_brings_nothing_back() {
    let (site, desk) = site();
    for (path, operation) in [
        ("/set/a/1", Replace),
        ("/login/ada", Create),
        ("/login/ada", Replace),
    ] {
        let (client, handle) = visitor(&site, &desk, &["before"]).await;
        let pause = site.backend.pause_next(operation);
        let late = rt::spawn(client.get(path).send());
        pause.reached().await;
        handle.destroy().await.expect("a destroy");
        pause.release();
        let late = late.await.expect("the request is answered");
        assert!(late.set_cookies().is_empty(), "{path}");
        assert!(site.memory.is_empty(), "{path}");
    }
}

/// C5
/// A renewal in between: the session dies under its new id too.
#[actix_web::test]
async fn a_handle_ends_a_session_that_was_renewed_meanwhile() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let pause = site.backend.pause_next(Delete);
    let ending = rt::spawn(async move { handle.destroy().await });
    pause.reached().await;
    client.get("/login/ada").send().await;
    assert_eq!(text(&client, "/get/user").await, "ada");
    pause.release();
    ending
        .await
        .expect("a task that did not panic")
        .expect("a destroy");
    assert_eq!(text(&client, "/get/user").await, "-");
}

/// S11
/// The handle is one of the session that ended, not of the one that began after it.
#[actix_web::test]
async fn a_request_that_ends_its_session_ends_the_handles_from_before() {
    let (site, desk) = site();
    let (client, _) = visitor(&site, &desk, &["before"]).await;
    for what in ["destroy", "destroy-and-write"] {
        client.get("/set/before/old").send().await;
        for status in [200, 500] {
            client.get(&format!("/handle/{what}/{status}")).send().await;
            assert_gone(count_up(&desk.take(), "n").await, what);
            assert_eq!(text(&client, "/count/n").await, "0", "{what}");
        }
    }
}

/// S14, S15
#[actix_web::test]
async fn a_handle_ends_by_the_age_of_its_session() {
    let day = 86_400;
    let lives = |idle: u64, max_age: u64| {
        site_with(|builder| {
            builder
                .idle_timeout(std::time::Duration::from_secs(idle))
                .session_max_age(std::time::Duration::from_secs(max_age))
        })
    };
    let (site, desk) = lives(day, 30 * day);
    let (_client, handle) = visitor(&site, &desk, &["before"]).await;
    site.later(day + 1);
    assert_gone(count_up(&handle, "n").await, "an idle session");

    let (site, desk) = lives(day, 3 * day);
    let (_client, handle) = visitor(&site, &desk, &["before"]).await;
    for _ in 0..3 {
        site.later(day - 10);
        count_up(&handle, "n").await.expect("use keeps it alive");
    }
    site.later(31);
    assert_gone(count_up(&handle, "n").await, "the absolute end");

    // Begun where it may live for longer: after a deploy that shortened the lives.
    let (elsewhere, _) = pages::site();
    let client = elsewhere.client();
    client.get("/set/before/old").send().await;
    let desk = Desk::default();
    let sessions = sessions_runtime::Sessions::builder()
        .secret_key(secret(SECRET))
        .clock(elsewhere.clock.clone())
        .backend("memory", elsewhere.memory.clone())
        .session_max_age(std::time::Duration::from_secs(3 * day))
        .skip_verification()
        .build()
        .expect("the settings are fit");
    let shared = desk.clone();
    let server = serve(move |app| {
        app.app_data(sessions.clone());
        pages::routes(app, &shared);
    });
    let there = Client::new(&server).with_clock(elsewhere.clock.clone());
    there.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a session"));
    assert_eq!(there.get("/handle/nothing/200").send().await.status, 200);
    let handle = desk.take();
    count_up(&handle, "n").await.expect("an update");
    elsewhere.later(3 * day + 1);
    assert_gone(count_up(&handle, "n").await, "the shortened absolute end");
}

/// S14, C9
/// Reading by a handle is a use as reading by a request is.
#[actix_web::test]
async fn a_session_that_is_used_by_a_handle_alone_stays_alive() {
    let (site, desk) = site_with(|builder| builder.idle_timeout(std::time::Duration::from_secs(100)));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    for _ in 0..5 {
        site.later(60);
        handle.read(|session| Ok(session.len())).await.expect("a read");
    }
    assert_eq!(text(&client, "/get/before").await, "old");
}
