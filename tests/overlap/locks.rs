//! `lock`: requests that ask for it run one after the other, and nobody else waits.

use std::pin::pin;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::rt::{self, task};
use actix_web::{App, get, web};
use futures_util::future::{Either, join_all, select};
use sessions_runtime::testing::{Client, serve_app};
use sessions_runtime::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, Memory, NewRecord, Record,
    Replace, Session, SessionError, StoreKey, Timestamp, Touch, Version, with_sessions,
};

use crate::pages::{self, text, visitor};
use crate::support::gate::Gate;
use crate::support::site::{Site, parts};

/// A read-modify-write that loses updates, unless requests take turns.
#[with_sessions(default = "memory", lock)]
#[get("/locked/add")]
async fn locked_add() -> Result<String, SessionError> {
    let n = session.get::<u32>("n")?.unwrap_or(0);
    for _ in 0..5 {
        task::yield_now().await;
    }
    session.insert("n", n + 1)?;
    Ok(n.to_string())
}

#[with_sessions(default = "memory", lock)]
#[get("/locked/gate")]
async fn locked_at_the_gate(gate: web::Data<Gate>) -> Result<String, SessionError> {
    let n = session.get::<u32>("n")?.unwrap_or(0);
    gate.pass().await;
    session.insert("n", n + 1)?;
    Ok(n.to_string())
}

#[with_sessions(default = "memory", lock)]
#[get("/locked/panic")]
async fn locked_panic() -> Result<&'static str, SessionError> {
    session.insert("n", 100)?;
    panic!("on purpose");
}

/// Leaves a task behind that keeps the session.
#[with_sessions(default = "memory", lock)]
#[get("/locked/kept")]
async fn locked_and_kept(session: &Session, gate: web::Data<Gate>) -> Result<&'static str, SessionError> {
    session.insert("n", 1)?;
    let kept = session.clone();
    rt::spawn(async move {
        gate.pass().await;
        drop(kept);
    });
    Ok("kept")
}

/// Whether it locks is a matter of the configuration.
#[with_sessions]
#[session(name = "till")]
#[get("/till")]
async fn till() -> Result<String, SessionError> {
    let n = till.get::<u32>("n")?.unwrap_or(0);
    task::yield_now().await;
    till.insert("n", n + 1)?;
    Ok(n.to_string())
}

fn site() -> (Site, Gate) {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::with(
        |builder| builder.session("till", |one| one.backend("memory").lock()),
        move |app| {
            app.app_data(data.clone()).service((
                locked_add,
                locked_at_the_gate,
                locked_panic,
                locked_and_kept,
                till,
            ));
            pages::routes(app);
        },
    );
    (site, gate)
}

/// C2, C10
#[actix_web::test]
async fn twenty_locked_requests_end_at_twenty() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let replies = join_all((0..20).map(|_| client.get("/locked/add").send())).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(text(&client, "/kept/count/n").await, "20");
    let mut seen: Vec<u32> = replies
        .iter()
        .map(|reply| reply.text().parse().unwrap())
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        (0..20).collect::<Vec<_>>(),
        "each saw what the one before had saved"
    );
}

/// C10
#[actix_web::test]
async fn the_configuration_can_say_that_a_session_locks() {
    let (site, _) = site();
    let client = site.client();
    client.get("/till").send().await;
    join_all((0..20).map(|_| client.get("/till").send())).await;
    assert_eq!(text(&client, "/till").await, "21");
}

/// C10
#[actix_web::test]
async fn a_route_without_lock_does_not_wait_and_a_locked_one_loads_after_its_turn() {
    let (site, gate) = site();
    let client = visitor(&site, &["before"]).await;
    let first = rt::spawn(client.get("/locked/gate").send());
    gate.arrived().await;
    let second = rt::spawn(client.get("/locked/gate").send());
    // The holder is at work, and these are answered all the same.
    assert_eq!(text(&client, "/kept/set/a/1").await, "set");
    assert_eq!(
        text(&visitor(&site, &["before"]).await, "/locked/add").await,
        "0",
        "another session, another lock"
    );
    gate.open();
    assert_eq!(first.await.expect("the request is answered").text(), "0");
    gate.arrived().await;
    gate.open();
    assert_eq!(second.await.expect("the request is answered").text(), "1");
    assert_eq!(text(&client, "/kept/keys").await, "a,before,n");
}

/// C10, P54
#[actix_web::test]
async fn a_holder_that_panics_releases_the_lock_and_saves_nothing() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    client
        .get("/locked/panic")
        .try_send()
        .await
        .expect_err("a panic gives no answer");
    assert_eq!(text(&client, "/locked/add").await, "0");
}

/// C10
#[actix_web::test]
async fn the_lock_ends_with_the_response_though_a_task_keeps_the_session() {
    let (site, gate) = site();
    let client = visitor(&site, &["before"]).await;
    assert_eq!(text(&client, "/locked/kept").await, "kept");
    gate.arrived().await;
    assert_eq!(text(&client, "/locked/add").await, "1");
    gate.open();
}

/// C10
#[actix_web::test]
async fn a_holder_that_is_cancelled_releases_the_lock_and_saves_nothing() {
    let (clock, _, _, builder) = parts();
    let sessions = builder.build().expect("the settings are fit");
    let (gate, cancel) = (Gate::new(), Gate::new());
    let (at, stop) = (gate.clone(), cancel.clone());
    let server = serve_app(move || {
        let stop = stop.clone();
        App::new()
            .app_data(sessions.clone())
            .app_data(web::Data::new(at.clone()))
            .service((locked_at_the_gate, locked_add))
            .configure(pages::routes)
            // A time-out around the handler, as applications have it; its moment is the test's.
            .wrap_fn(move |request, service| {
                let (stop, limited) = (stop.clone(), request.headers().contains_key("x-limited"));
                let answer = service.call(request);
                async move {
                    if !limited {
                        return answer.await;
                    }
                    match select(pin!(answer), pin!(stop.pass())).await {
                        Either::Left((answer, _)) => answer,
                        Either::Right(_) => Err(actix_web::error::ErrorGatewayTimeout("too slow")),
                    }
                }
            })
    });
    let client = Client::new(&server).with_clock(clock);
    client.get("/kept/set/before/1").send().await;
    let slow = rt::spawn(client.get("/locked/gate").header("x-limited", "1").send());
    gate.arrived().await;
    let waiting = rt::spawn(client.get("/locked/gate").header("x-limited", "1").send());
    cancel.open();
    cancel.open();
    assert_eq!(slow.await.expect("the request is answered").status, 504);
    assert_eq!(waiting.await.expect("the request is answered").status, 504);
    assert_eq!(text(&client, "/locked/add").await, "0");
    assert_eq!(text(&client, "/kept/count/n").await, "1");
}

/// A backend whose locks are waited for not at all.
struct Impatient(Memory);

impl Backend for Impatient {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.0.load(key)
    }
    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.0.create(key, record)
    }
    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        at: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.0.replace(key, at, record)
    }
    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.0.touch(key, expiry)
    }
    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.0.delete(key, expected)
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        _: Duration,
    ) -> BackendFuture<'a, Acquire> {
        self.0.lock(key, owner, lease, Duration::ZERO)
    }
    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        self.0.unlock(key, owner);
    }
}

/// C10
/// Whoever did not get the lock has not run, so the client may try again; and it does not release somebody else's.
#[actix_web::test]
async fn a_lock_that_stays_taken_answers_503_and_the_body_does_not_run() {
    let (clock, memory, _, _) = parts();
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let sessions = sessions_runtime::Sessions::builder()
        .secret_key(crate::support::site::secret(crate::support::site::SECRET))
        .clock(clock.clone())
        .backend("memory", Impatient(memory))
        .skip_verification()
        .build()
        .expect("the settings are fit");
    let server = sessions_runtime::testing::serve(move |app| {
        app.app_data(sessions.clone())
            .app_data(data.clone())
            .service((locked_at_the_gate, locked_add));
        pages::routes(app);
    });
    let client = Client::new(&server).with_clock(clock);
    client.get("/kept/set/before/1").send().await;
    let holder = rt::spawn(client.get("/locked/gate").send());
    gate.arrived().await;
    for _ in 0..2 {
        let refused = client.get("/locked/add").send().await;
        assert_eq!(
            (refused.status.as_u16(), refused.header("retry-after")),
            (503, Some("1"))
        );
        assert!(refused.set_cookies().is_empty());
    }
    gate.open();
    assert_eq!(holder.await.expect("the request is answered").status, 200);
    assert_eq!(text(&client, "/locked/add").await, "1");
}
