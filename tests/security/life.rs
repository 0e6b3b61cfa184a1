//! Renewing, emptying, expiring, outliving the request.

use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get, rt};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{Backend, ErrorKind, Session, SessionStore, with_sessions};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::app::{self, COOKIE, KINDS, sign_in, user};
use crate::support::gate::Gate;
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
    assert_eq!(user(&site.client(), "/kept", format!("{COOKIE}={old}")).await, "nobody", "no grace");
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
            assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (503, 0), "{operation:?} {failure:?}");
            assert!(!site.memory.is_empty(), "{operation:?} {failure:?}");
            let moved = (operation, failure) == (Operation::Replace, Failure::After);
            let expected = if moved { "nobody" } else { "ada" };
            assert_eq!(client.get("/kept/get/user").send().await.text(), expected, "{operation:?} {failure:?}");
        }
    }
}

/// S20, V12
#[actix_web::test]
async fn visitors_without_a_session_leave_no_trace() {
    let site = app::site();
    let client = site.client();
    let reading = ["/get/user", "/origin", "/flashes", "/clear", "/destroy", "/remove/user", "/renew"];
    for number in 0..500 {
        let path = format!("{}{}", KINDS[number % 2], reading[number / 2 % reading.len()]);
        let reply = client.get(&path).send().await;
        assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (200, 0), "{path}");
    }
    assert!(site.memory.is_empty());
    assert!(site.backend.operations().is_empty(), "the backend was not even asked");
}

/// S20, V12
/// A sign-out, a scan, a crawler with a dead cookie.
#[actix_web::test]
async fn dead_cookies_create_no_records() {
    let site = app::site();
    for path in ["/kept/destroy", "/kept/clear", "/kept/renew", "/kept/get/user", "/kept/flashes"] {
        for _ in 0..20 {
            let reply = site.client().get(path).cookie_header(format!("{COOKIE}=dead")).send().await;
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
        let site = Site::with(|builder| builder.session_max_age(Duration::from_secs(1_000)), app::routes);
        let client = site.client();
        let start = site.clock.now();
        let line = format!("{COOKIE}={}", sign_in(&client, kind).await);
        for (age, expected) in [(999, "ada"), (1_000, "ada"), (1_001, "nobody"), (100_000, "nobody")] {
            site.clock.set(start.after(Duration::from_secs(age)));
            assert_eq!(user(&client, kind, &line).await, expected, "{kind}: {age} s old");
        }
        for (ahead, expected) in [(60, "ada"), (61, "nobody"), (100_000, "nobody")] {
            let client = site.client();
            site.clock.set(start.after(Duration::from_secs(ahead)));
            let line = format!("{COOKIE}={}", sign_in(&client, kind).await);
            site.clock.set(start);
            assert_eq!(user(&client, kind, &line).await, expected, "{kind}: {ahead} s ahead");
        }
    }
}

/// S46
#[actix_web::test]
async fn a_sealed_cookie_of_the_application_ages_too() {
    let site = Site::with(|builder| builder.session_max_age(Duration::from_secs(1_000)), app::routes);
    let client = site.client();
    client.get("/secure/invite/put/ada").send().await;
    let line = format!("invite={}", client.cookie("invite").expect("a cookie"));
    let start = site.clock.now();
    for (moment, expected) in [(1_000, "ada"), (1_001, "nobody")] {
        site.clock.set(start.after(Duration::from_secs(moment)));
        assert_eq!(client.get("/secure/invite/get").cookie_header(&line).send().await.text(), expected, "{moment}");
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
            assert_eq!(client.get(&format!("{kind}/get/user")).send().await.text(), "nobody", "{kind}/{emptying}");
        }
        let site = app::site();
        let client = site.client();
        client.get(&format!("{kind}/flash/hello")).send().await;
        assert_eq!(client.get(&format!("{kind}/flashes")).send().await.text(), "hello", "{kind}");
        assert_eq!(client.get(&format!("{kind}/flashes")).send().await.text(), "", "{kind}: the last message");
    }
}

/// What a task found out that its request did not wait for.
type Late = (Result<(), ErrorKind>, Result<(), ErrorKind>);

async fn write_late(session: Session, store: SessionStore, gate: web::Data<Gate>, found: web::Data<UnboundedSender<Late>>) {
    gate.pass().await;
    session.renew();
    session.destroy();
    let late = (
        session.insert("late", "another visitor's").map_err(|err| err.kind()),
        store.set_cookie("late", "another-visitors").map_err(|err| err.kind()),
    );
    found.send(late).expect("the test waits");
}

#[with_sessions(default = "securecookie")]
#[get("/leave/sealed")]
async fn leave_a_task_sealed(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
    found: web::Data<UnboundedSender<Late>>,
) -> impl Responder {
    rt::spawn(write_late(session.clone(), session_store.clone(), gate, found));
    "answered"
}

#[with_sessions(default = "memory")]
#[get("/leave/kept")]
async fn leave_a_task_kept(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
    found: web::Data<UnboundedSender<Late>>,
) -> impl Responder {
    rt::spawn(write_late(session.clone(), session_store.clone(), gate, found));
    "answered"
}

/// V29
/// A task outlives its request and writes into the session it kept, on the worker that serves everybody.
#[actix_web::test]
async fn a_task_that_outlives_its_request_reaches_nobody() {
    for kind in KINDS {
        let gate = Gate::new();
        let (sender, mut found) = unbounded_channel::<Late>();
        let (at, sender) = (web::Data::new(gate.clone()), web::Data::new(sender));
        let site = Site::new(move |app: &mut ServiceConfig| {
            app.app_data(at.clone()).app_data(sender.clone());
            app.service((leave_a_task_sealed, leave_a_task_kept));
            app::routes(app);
        });
        let ada = site.client();
        sign_in(&ada, kind).await;
        assert_eq!(ada.get(&format!("/leave{kind}")).send().await.text(), "answered");
        gate.arrived().await;
        let eve = site.client();
        gate.open();
        let late = found.recv().await.expect("the task ends");
        assert_eq!(late, (Err(ErrorKind::Closed), Err(ErrorKind::Closed)), "{kind}");
        for (client, name) in [(&eve, "nobody"), (&ada, "ada")] {
            let reply = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!((reply.text().as_str(), reply.set_cookies().len()), (name, 0), "{kind}");
            assert_eq!(client.get(&format!("{kind}/get/late")).send().await.text(), "nobody", "{kind}");
        }
    }
}
