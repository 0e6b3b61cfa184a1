//! Functions and backends that fail, calls that are given up, and the rules of a session: as in a request.

use std::cell::Cell;
use std::pin::pin;

use actix_web::rt;
use futures_util::future::{join_all, select};
use sessions_runtime::testing::Failure;
use sessions_runtime::testing::Operation::{Delete, Load, Replace, Touch};
use sessions_runtime::{ErrorKind, SessionError};

use crate::pages::{count_up, site, site_with, text, visitor};
use crate::support::evidence::marked;

/// P25
#[actix_web::test]
async fn a_function_that_fails_writes_nothing() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let err = handle
        .update(|session| {
            session.insert("half", true)?;
            session.update("before", |n: Option<u32>| n.unwrap_or(0) + 1)
        })
        .await
        .expect_err("a text is no number");
    assert!(err.is_type());
    assert_eq!(text(&client, "/keys").await, "before");
}

/// R1, P24
/// An outage is told, never tried again, and ends nothing.
#[actix_web::test]
async fn an_outage_is_an_error_and_the_handle_goes_on_after_it() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    for (operation, failure, kind) in [
        (Load, Failure::Before, ErrorKind::Unavailable),
        (Load, Failure::Busy, ErrorKind::Busy),
        (Replace, Failure::Before, ErrorKind::Unavailable),
        (Replace, Failure::Busy, ErrorKind::Busy),
    ] {
        site.backend.fail_next(operation, failure);
        let err = count_up(&handle, "n").await.expect_err("an outage");
        assert_eq!(err.kind(), kind, "{operation:?} {failure:?}");
        assert_eq!(text(&client, "/count/n").await, "0", "{operation:?} {failure:?}");
    }
    // The write took place, and nobody knows: a second try would count twice.
    site.backend.fail_next(Replace, Failure::After);
    assert!(
        count_up(&handle, "n")
            .await
            .is_err_and(|err| err.is_unavailable())
    );
    assert_eq!(text(&client, "/count/n").await, "1");
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 2);
    site.backend.fail_next(Delete, Failure::Before);
    assert!(handle.destroy().await.is_err_and(|err| err.is_unavailable()));
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 3);
    site.later(7 * 86_400);
    site.backend.fail_next(Touch, Failure::Before);
    handle.update(|_| Ok(())).await.expect("a touch is no save");
}

/// S29, R13
#[actix_web::test]
async fn a_record_that_is_too_large_is_an_error_with_its_entries() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let err = handle
        .update(|session| session.insert("huge", marked(&"x".repeat(100_000))))
        .await
        .expect_err("over the limit");
    assert!(err.is_too_large());
    assert!(format!("{err}").contains("\"huge\""), "{err}");
    let err = handle
        .update(|session| (0..65).try_for_each(|_| session.add_flash(marked("hello"))))
        .await
        .expect_err("over the limit");
    assert!(err.is_too_large());
    assert_eq!(text(&client, "/keys").await, "before");
    assert_eq!(text(&client, "/flashes").await, "");
}

/// C13
/// Given up before the backend has answered: it took place or not, and the next call finds out.
#[actix_web::test]
async fn a_call_that_is_given_up_leaves_a_handle_that_works() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    for operation in [Load, Replace] {
        let pause = site.backend.pause_next(operation);
        {
            let update = pin!(count_up(&handle, "n"));
            drop(select(update, pin!(pause.reached())).await);
        }
        pause.release();
    }
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 1);
    assert_eq!(text(&client, "/count/n").await, "1");
}

/// C1
/// `conflict = "reject"` holds for handles too: whoever comes second is told, and may decide.
#[actix_web::test]
async fn a_session_that_rejects_conflicts_rejects_those_of_handles() {
    let reject = |builder: sessions_runtime::SessionsBuilder| {
        builder.session("session", |one| {
            one.backend("memory")
                .conflict(sessions_runtime::ConflictRule::Reject)
        })
    };
    let (site, desk) = site_with(reject);
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let runs = Cell::new(0);
    let pause = site.backend.pause_next(Replace);
    let update = handle.update(|session| {
        runs.set(runs.get() + 1);
        session.insert("a", "handle")
    });
    let meanwhile = async {
        pause.reached().await;
        client.get("/set/b/request").send().await;
        pause.release();
    };
    let (answer, ()) = futures_util::join!(update, meanwhile);
    assert!(answer.is_err_and(|err| err.is_conflict()));
    assert_eq!(runs.get(), 1);
    assert_eq!(text(&client, "/keys").await, "b,before");
}

/// C10
/// Under `lock` handles take turns with requests and with each other: what they read is what they change.
#[actix_web::test]
async fn a_session_that_locks_locks_for_handles() {
    let (site, desk) = site_with(|builder| builder.session("session", |one| one.backend("memory").lock()));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    site.backend.take_operations();
    let by_hand = async || {
        handle
            .update(|session| {
                let n = session.get::<u32>("n")?.unwrap_or(0);
                session.insert("n", n + 1)
            })
            .await
            .expect("an update");
    };
    let (_, replies) = futures_util::join!(
        join_all((0..10).map(|_| by_hand())),
        join_all((0..10).map(|_| client.get("/add/n").send()))
    );
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(text(&client, "/count/n").await, "20");
    let operations = site.backend.take_operations();
    assert_eq!(operations.len(), 41, "nobody met a conflict: {operations:?}");
}

/// C10, S64
/// A lock that is held keeps the handle waiting, a renewal meanwhile moves the lock, and a call that is given up frees it.
#[actix_web::test]
async fn a_handle_waits_for_the_lock_and_frees_it() {
    let (site, desk) = site_with(|builder| builder.session("session", |one| one.backend("memory").lock()));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let pause = site.backend.pause_next(Replace);
    {
        let update = pin!(count_up(&handle, "n"));
        drop(select(update, pin!(pause.reached())).await);
    }
    pause.release();
    assert_eq!(text(&client, "/add/n").await, "1", "the lock is free again");

    let pause = site.backend.pause_next(Replace);
    let signing_in = rt::spawn(client.get("/login/ada").send());
    pause.reached().await;
    let late = handle.clone();
    let late = rt::spawn(async move { count_up(&late, "n").await });
    rt::task::yield_now().await;
    assert!(!late.is_finished());
    pause.release();
    signing_in.await.expect("the request is answered");
    late.await.expect("a task that did not panic").expect("an update");
    assert_eq!(text(&client, "/count/n").await, "2");
}

/// C10
/// The lock that counts is that of the record the session moved to.
#[actix_web::test]
async fn a_handle_takes_the_lock_of_a_session_where_it_is() {
    let (site, desk) = site_with(|builder| builder.session("session", |one| one.backend("memory").lock()));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    client.get("/login/ada").send().await;
    let pause = site.backend.pause_next(Replace);
    let holder = rt::spawn(client.get("/add/n").send());
    pause.reached().await;
    let waiting = rt::spawn(async move { count_up(&handle, "n").await });
    for _ in 0..50 {
        rt::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    pause.release();
    holder.await.expect("the request is answered");
    waiting
        .await
        .expect("a task that did not panic")
        .expect("an update");
    assert_eq!(text(&client, "/count/n").await, "2");
}

/// S64
#[actix_web::test]
async fn the_lock_of_a_function_that_failed_is_free() {
    let (site, desk) = site_with(|builder| builder.session("session", |one| one.backend("memory").lock()));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let failed: Result<(), SessionError> = handle.update(|session| session.insert("", 1)).await;
    assert_eq!(failed.expect_err("an empty name").kind(), ErrorKind::InvalidName);
    assert_eq!(text(&client, "/add/n").await, "1");
}
