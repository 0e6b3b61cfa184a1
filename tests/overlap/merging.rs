//! Overlapping writers of one session lose nothing of each other.

use actix_web::rt::{self, task::JoinHandle};
use actix_web::{get, web};
use futures_util::future::join_all;
use sessions_runtime::testing::{Client, Operation, Reply};
use sessions_runtime::{SessionError, with_sessions};

use crate::pages::{self, crossed, text, visitor};
use crate::support::gate::Gate;
use crate::support::site::Site;

/// Loads, waits until the test has all requests where it wants them, writes.
#[with_sessions(default = "memory")]
#[get("/gate/set/{name}")]
async fn set_at_the_gate(
    name: web::Path<String>,
    gate: web::Data<Gate>,
) -> Result<&'static str, SessionError> {
    session.insert(&name, "new")?;
    gate.pass().await;
    Ok("set")
}

#[with_sessions(default = "memory")]
#[get("/gate/add")]
async fn add_at_the_gate(gate: web::Data<Gate>) -> Result<&'static str, SessionError> {
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    gate.pass().await;
    Ok("added")
}

fn gated() -> (Site, Gate) {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::new(move |app| {
        app.app_data(data.clone())
            .service((set_at_the_gate, add_at_the_gate));
        pages::routes(app);
    });
    (site, gate)
}

/// Has all of them loaded and waiting before the first saves.
async fn all_at_once(client: &Client, gate: &Gate, paths: impl Iterator<Item = String>) -> Vec<Reply> {
    let running: Vec<JoinHandle<Reply>> = paths.map(|path| rt::spawn(client.get(&path).send())).collect();
    for _ in &running {
        gate.arrived().await;
    }
    for _ in &running {
        gate.open();
    }
    join_all(running)
        .await
        .into_iter()
        .map(|reply| reply.expect("the request is answered"))
        .collect()
}

/// C1
#[actix_web::test]
async fn overlapping_requests_keep_each_others_entries() {
    let site = pages::site();
    let client = visitor(&site, &["before"]).await;
    let slow = ("/kept/set/a/1", Operation::Replace);
    let (slow, fast) = crossed(&site, &client, slow, "/kept/set/b/2").await;
    assert_eq!(
        (slow.status, fast.status),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    assert!(slow.set_cookies().is_empty(), "the id is the same");
    assert_eq!(text(&client, "/kept/keys").await, "a,b,before");
}

/// C1
#[actix_web::test]
async fn sixty_four_overlapping_requests_lose_no_entry() {
    let (site, gate) = gated();
    let client = visitor(&site, &["before"]).await;
    let replies = all_at_once(&client, &gate, (0..64).map(|n| format!("/gate/set/e{n:02}"))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    let mut expected: Vec<String> = (0..64).map(|n| format!("e{n:02}")).collect();
    expected.insert(0, "before".to_owned());
    assert_eq!(text(&client, "/kept/keys").await, expected.join(","));
}

/// C2
#[actix_web::test]
async fn fifty_overlapping_updates_end_at_fifty() {
    let (site, gate) = gated();
    let client = visitor(&site, &["before"]).await;
    let replies = all_at_once(&client, &gate, (0..50).map(|_| "/gate/add".to_owned())).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(text(&client, "/kept/count/n").await, "50");
}

/// C2
/// The later save wins, whichever request began first.
#[actix_web::test]
async fn the_later_save_of_one_entry_wins() {
    let site = pages::site();
    let client = visitor(&site, &["a"]).await;
    let slow = ("/kept/set/a/slow", Operation::Replace);
    crossed(&site, &client, slow, "/kept/set/a/fast").await;
    assert_eq!(text(&client, "/kept/get/a").await, "slow");
    // The other way round: the pause is over the load, so it is the slow one that finds the other's value.
    let slow = ("/kept/add/n", Operation::Load);
    crossed(&site, &client, slow, "/kept/add/n").await;
    assert_eq!(text(&client, "/kept/count/n").await, "2");
}

/// C3
#[actix_web::test]
async fn a_reader_around_a_writer_leaves_its_value() {
    let (site, gate) = gated();
    let client = visitor(&site, &["a"]).await;
    // The slow one writes what is there already: the same as reading.
    let running = rt::spawn(client.get("/gate/set/a").send());
    gate.arrived().await;
    client.get("/kept/set/b/new").send().await;
    gate.open();
    running.await.expect("the request is answered");
    assert_eq!(text(&client, "/kept/get/b").await, "new");

    let pause = site.backend.pause_next(Operation::Load);
    let reader = rt::spawn(client.get("/kept/get/a").send());
    pause.reached().await;
    let written = client.get("/kept/set/a/newer").send().await;
    site.backend.take_operations();
    pause.release();
    assert_eq!(reader.await.expect("the request is answered").text(), "newer");
    assert_eq!(written.status, 200);
    assert!(
        site.backend.operations().is_empty(),
        "a reader writes nothing: {:?}",
        site.backend.operations()
    );
    assert_eq!(text(&client, "/kept/get/a").await, "newer");
}

/// C7
#[actix_web::test]
async fn the_same_new_entry_added_twice_at_once_is_no_error() {
    let site = pages::site();
    let client = visitor(&site, &["before"]).await;
    let slow = ("/kept/set/new/slow", Operation::Replace);
    let (slow, fast) = crossed(&site, &client, slow, "/kept/set/new/fast").await;
    assert_eq!((slow.status.as_u16(), fast.status.as_u16()), (200, 200));
    assert_eq!(text(&client, "/kept/keys").await, "before,new");
}

/// C7
/// Two first requests of one browser: each makes a session of its own, and the browser keeps one of them.
#[actix_web::test]
async fn two_first_requests_at_once_are_no_error() {
    let site = pages::site();
    let client = site.client();
    let (slow, fast) = crossed(
        &site,
        &client,
        ("/kept/set/a/1", Operation::Create),
        "/kept/set/a/2",
    )
    .await;
    assert_eq!((slow.status.as_u16(), fast.status.as_u16()), (200, 200));
    assert_eq!(site.memory.len(), 2);
    assert_eq!(
        text(&client, "/kept/get/a").await,
        "1",
        "the cookie that came last"
    );
}

/// C1
/// `clear` takes out what is there at its save; a write that saves later is there.
#[actix_web::test]
async fn clearing_and_writing_at_once_gives_one_serial_order() {
    let site = pages::site();
    let client = visitor(&site, &["before"]).await;
    crossed(
        &site,
        &client,
        ("/kept/clear", Operation::Replace),
        "/kept/set/a/1",
    )
    .await;
    assert_eq!(text(&client, "/kept/keys").await, "");

    let client = visitor(&site, &["before"]).await;
    crossed(
        &site,
        &client,
        ("/kept/set/a/1", Operation::Replace),
        "/kept/clear",
    )
    .await;
    assert_eq!(text(&client, "/kept/keys").await, "a");
}

/// C9
#[actix_web::test]
async fn a_sealed_session_that_nobody_changed_sends_no_cookie() {
    let site = pages::site();
    let client = site.client();
    client.get("/sealed/set/a/1").send().await;
    for path in [
        "/sealed/get/a",
        "/sealed/keys",
        "/sealed/set/a/1",
        "/sealed/flashes",
    ] {
        let reply = client.get(path).send().await;
        assert!(reply.set_cookies().is_empty(), "{path}");
        assert_eq!(reply.header("vary"), Some("Cookie"), "{path}");
    }
    assert_eq!(client.get("/sealed/set/a/2").send().await.set_cookies().len(), 1);
}

/// C9
/// The documented limit: a sealed cookie is not merged, the answer that arrives last wins whole.
#[actix_web::test]
async fn of_two_sealed_sessions_the_last_answer_wins_whole() {
    let site = pages::site();
    let client = site.client();
    client.get("/sealed/set/before/1").send().await;
    let other_tab = client.fork();
    client.get("/sealed/set/a/1").send().await;
    let late = other_tab.get("/sealed/set/b/2").send().await;
    let cookie = late.set_cookie(pages::COOKIE).expect("a changed session").value;
    assert_eq!(pages::text_with(&site, &cookie, "/sealed/keys").await, "b,before");
}
