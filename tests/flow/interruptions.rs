//! Requests that do not end as they should: the backend fails, the handler panics, the browser leaves.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::get;
use actix_web::rt::net::TcpStream;
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{Session, SessionError, SessionStore, with_sessions};

use crate::places::{PLACES, describe, on_both_places};
use crate::support::gate::Gate;
use crate::support::site::Site;

/// Holds the handler of one test.
static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);
/// How often the body of one test's handler ran.
static RUNS: AtomicUsize = AtomicUsize::new(0);

on_both_places!(act);

async fn act(step: &str, session: &Session, store: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => session.insert("user", "ada")?,
        "count" => {
            RUNS.fetch_add(1, Ordering::SeqCst);
            session.insert("user", "bob")?;
            store.set_cookie("pending", "x")?;
        }
        "change" => {
            session.insert("user", "bob")?;
            store.set_cookie("pending", "x")?;
        }
        "renew" => {
            session.insert("user", "bob")?;
            session.renew();
            store.set_cookie("pending", "x")?;
        }
        "wait" => {
            session.insert("user", "bob")?;
            GATE.pass().await;
        }
        "panic" => {
            session.insert("user", "bob")?;
            store.set_cookie("pending", "x")?;
            panic!("this panic belongs to the test");
        }
        _ => {}
    }
    describe(session)
}

fn site() -> Site {
    site_with(|builder| builder)
}

/// P24, T64
#[actix_web::test]
async fn a_load_that_fails_answers_503_before_the_body_runs() {
    let site = site();
    let client = site.client();
    client.get("/kept/fill").send().await;
    site.backend.fail_next(Operation::Load, Failure::Before);
    let reply = client.get("/kept/count").send().await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (503, ""));
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(RUNS.load(Ordering::SeqCst), 0);
    assert_eq!(client.get("/kept/show").send().await.text(), r#"user="ada""#);
    client.get("/kept/count").send().await;
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
}

/// P25, T64
#[actix_web::test]
async fn a_save_that_fails_answers_503_without_a_cookie() {
    for (step, operation) in [
        ("change", Operation::Replace),
        ("renew", Operation::Create),
        ("renew", Operation::Replace),
    ] {
        let site = site();
        let client = site.client();
        client.get("/kept/fill").send().await;
        site.backend.fail_next(operation, Failure::Before);
        let reply = client.get(&format!("/kept/{step}")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (503, ""),
            "{step}"
        );
        assert_eq!(
            reply.header("retry-after"),
            None,
            "{step}: the handler ran, nobody is invited to repeat it"
        );
        assert!(reply.set_cookies().is_empty(), "{step}");
        assert_eq!(
            client.get("/kept/show").send().await.text(),
            r#"user="ada""#,
            "{step}"
        );
        // Nobody knows whether a replace without an answer was done, so the record of the new id stays until it expires.
        let left = if (step, operation) == ("renew", Operation::Replace) {
            2
        } else {
            1
        };
        assert_eq!(site.memory.len(), left, "{step}");
    }
}

#[with_sessions(default = "memory", save = "always")]
#[get("/always/panic")]
async fn panic_always() -> Result<String, SessionError> {
    act("panic", session, session_store).await
}

/// P54, T25
#[actix_web::test]
async fn a_panic_saves_nothing_even_where_everything_is_saved() {
    let site = Site::new(|app| {
        app.service((panic_always, on_kept));
    });
    let client = site.client();
    client.get("/kept/fill").send().await;
    assert!(client.get("/always/panic").try_send().await.is_err());
    assert_eq!(client.get("/kept/show").send().await.text(), r#"user="ada""#);
    assert_eq!(client.cookie("pending"), None);
}

/// P54
#[actix_web::test]
async fn a_panic_saves_nothing() {
    let site = site();
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        assert!(
            client.get(&format!("{place}/panic")).try_send().await.is_err(),
            "{place}"
        );
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            r#"user="ada""#,
            "{place}"
        );
    }
}

/// P54
#[actix_web::test]
async fn a_browser_that_disconnects_does_not_stop_the_save() {
    let site = site();
    let client = site.client();
    client.get("/kept/fill").send().await;
    let cookie = client.cookie_header("/kept/wait").expect("a cookie");
    let stream = TcpStream::connect(site.server.address())
        .await
        .expect("a connection");
    let request = format!("GET /kept/wait HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n");
    stream.writable().await.expect("a connection that can be written");
    assert_eq!(
        stream.try_write(request.as_bytes()).expect("a small request"),
        request.len()
    );
    GATE.arrived().await;
    drop(stream);
    let save = site.backend.pause_next(Operation::Replace);
    GATE.open();
    save.reached().await;
    save.release();
    let mut text = String::new();
    // One worker: the save goes on at the next occasion.
    for _ in 0..100 {
        text = client.get("/kept/show").send().await.text();
        if text == r#"user="bob""# {
            break;
        }
    }
    assert_eq!(text, r#"user="bob""#);
}
