//! What a session is while it is loaded, while it is saved, and when its response is finished.

use std::sync::Arc;

use actix_web::{get, rt, web};
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, SessionStore, with_sessions};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::pages::{self, crossed, text, visitor};
use crate::support::gate::Gate;
use crate::support::logs;
use crate::support::site::Site;

/// Where handlers tell the test what they saw.
type Told = web::Data<UnboundedSender<String>>;

/// Leaves a task behind that uses everything after the response.
#[with_sessions(default = "securecookie")]
#[session(name = "cart", backend = "memory")]
#[get("/leaves-a-task")]
async fn leaves_a_task(
    session: &Session,
    cart: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
    told: Told,
) -> Result<&'static str, SessionError> {
    let (sealed, kept, store) = (session.clone(), cart.clone(), session_store.clone());
    kept.insert("a", 1)?;
    rt::spawn(async move {
        gate.pass().await;
        for one in [&sealed, &kept] {
            let results = [
                one.insert("late", 1).err(),
                one.update("late", |n: Option<u32>| n.unwrap_or(0)).err(),
                one.get::<u32>("a").err(),
                one.take::<u32>("a").err(),
                one.add_flash("late").err(),
                one.take_flashes().await.err(),
                one.peek_flashes().err(),
                one.save().await.err(),
            ];
            one.clear();
            one.renew();
            one.destroy();
            one.remember_for(std::time::Duration::from_secs(60));
            let quiet = (one.remove("a"), one.len(), one.contains_key("a"));
            told.send(format!("{quiet:?}")).expect("the test listens");
            for result in results {
                told.send(kind(result)).expect("the test listens");
            }
        }
        let results = [
            store.set_cookie("late", "1").err(),
            store.set_secure_cookie("late", "1").err(),
            store.delete_cookie("late").err(),
            store.get_secure_cookie::<String>("late").err(),
            store.get_session("cart").await.err(),
            store.get_session("another").backend("memory").await.err(),
            store
                .update_session_args("cart", |args| args.http_only(false))
                .err(),
        ];
        for result in results {
            told.send(kind(result)).expect("the test listens");
        }
    });
    Ok("answered")
}

fn kind(err: Option<SessionError>) -> String {
    err.map_or_else(
        || "went through".to_owned(),
        |err| format!("{:?} {}", err.kind(), err.is_closed()),
    )
}

/// Its own task saves while the response is finished.
#[with_sessions(default = "memory")]
#[get("/saved-by-a-task")]
async fn saved_by_a_task(
    session: &Session,
    gate: web::Data<Gate>,
    told: Told,
) -> Result<&'static str, SessionError> {
    session.insert("task", 1)?;
    let (own, at) = (session.clone(), gate.clone());
    rt::spawn(async move {
        told.send(
            own.save()
                .await
                .map_or_else(|err| kind(Some(err)), |()| "saved".to_owned()),
        )
        .expect("the test listens");
        at.pass().await;
        told.send(kind(own.insert("late", 1).err()))
            .expect("the test listens");
    });
    gate.pass().await;
    Ok("answered")
}

/// The closure uses the session it changes.
#[with_sessions(default = "memory")]
#[get("/re-entrant")]
async fn re_entrant(session: &Session, told: Told) -> Result<String, SessionError> {
    let own = session.clone();
    session.insert("other", 1)?;
    session.update("n", move |n: Option<u32>| {
        let seen = own
            .get::<u32>("other")
            .map_or_else(|err| kind(Some(err)), |seen| format!("{seen:?}"));
        own.insert("inside", 1)
            .map_or_else(|err| told.send(kind(Some(err))), |()| told.send(seen))
            .expect("the test listens");
        n.unwrap_or(0) + 1
    })?;
    Ok(session.keys().join(","))
}

fn site() -> (Site, Gate, UnboundedReceiver<String>) {
    let (gate, (told, listener)) = (Gate::new(), unbounded_channel());
    let (data, told) = (web::Data::new(gate.clone()), web::Data::from(Arc::new(told)));
    let site = Site::new(move |app| {
        app.app_data(data.clone()).app_data(told.clone());
        app.service((leaves_a_task, saved_by_a_task, re_entrant));
        pages::routes(app);
    });
    (site, gate, listener)
}

/// P36, V29
#[actix_web::test]
async fn after_the_response_every_call_says_closed_and_nothing_leaks_into_another_response() {
    let log = logs::capture();
    let (site, gate, mut told) = site();
    let client = site.client();
    client.get("/sealed/set/a/1").send().await;
    let answer = client.get("/leaves-a-task").send().await;
    assert_eq!(answer.set_cookies().len(), 1, "the cart's");
    site.backend.take_operations();
    let mark = log.mark();
    gate.open();
    for _ in 0..2 {
        assert_eq!(told.recv().await.as_deref(), Some("(false, 0, false)"));
        for call in 0..8 {
            assert_eq!(
                told.recv().await.as_deref(),
                Some("Closed true"),
                "session call {call}"
            );
        }
    }
    for call in 0..7 {
        assert_eq!(
            told.recv().await.as_deref(),
            Some("Closed true"),
            "store call {call}"
        );
    }
    assert!(
        log.lines(mark, "a session call had no effect").len() >= 8,
        "calls without a Result say it in the log"
    );
    assert!(site.backend.operations().is_empty());
    // The next answers, to this browser and to another one, are their own.
    for other in [&client, &site.client()] {
        assert!(other.get("/sealed/keys").send().await.set_cookies().is_empty());
    }
    assert_eq!(text(&client, "/sealed/keys").await, "a");
}

/// P36, V29
/// A save that is still running when its response ends is waited for, and does not open the session again.
#[actix_web::test]
async fn a_save_in_flight_does_not_outlive_its_response() {
    let (site, gate, mut told) = site();
    for operation in [Operation::Replace, Operation::Create] {
        let client = if operation == Operation::Create {
            site.client()
        } else {
            visitor(&site, &["before"]).await
        };
        let pause = site.backend.pause_next(operation);
        let running = rt::spawn(client.get("/saved-by-a-task").send());
        pause.reached().await;
        gate.open();
        // Another request of the same worker, so that the first one's handler has returned meanwhile.
        gate.arrived().await;
        text(&site.client(), "/sealed/keys").await;
        pause.release();
        let answer = running.await.expect("the request is answered");
        assert_eq!(
            answer.set_cookies().len(),
            usize::from(operation == Operation::Create),
            "{operation:?}"
        );
        assert_eq!(told.recv().await.as_deref(), Some("saved"));
        gate.open();
        assert_eq!(told.recv().await.as_deref(), Some("Closed true"));
        gate.arrived().await;
        assert!(text(&client, "/kept/keys").await.ends_with("task"));
    }
}

/// P38
#[actix_web::test]
async fn an_update_may_use_its_own_session_and_finds_it_closed_when_it_runs_again() {
    let (site, _, mut told) = site();
    let client = visitor(&site, &["before"]).await;
    let slow = ("/re-entrant", Operation::Replace);
    let (slow, _) = crossed(&site, &client, slow, "/kept/add/n").await;
    assert_eq!(
        (slow.status.as_u16(), slow.text().as_str()),
        (200, "before,inside,n,other")
    );
    assert_eq!(told.recv().await.as_deref(), Some("Some(1)"));
    assert_eq!(told.recv().await.as_deref(), Some("Closed true"));
    told.try_recv().expect_err("two runs, no third");
    assert_eq!(text(&client, "/kept/count/n").await, "2");
}
