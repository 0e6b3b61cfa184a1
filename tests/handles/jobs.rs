//! Jobs that outlive their request, and begin before its end.

use actix_web::{HttpResponse, get, rt, web};
use sessions_runtime::testing::Failure;
use sessions_runtime::testing::Operation::{Create, Replace};
use sessions_runtime::{ErrorKind, Session, SessionError, SessionHandle, with_sessions};
use tokio::sync::mpsc::UnboundedSender;

use crate::pages::{self, Desk, count_up, site, text, visitor};
use crate::support::gate::Gate;
use crate::support::site::Site;

type Outcomes = UnboundedSender<Result<u32, ErrorKind>>;

/// Starts a job that is at work before the handler is done.
#[with_sessions(default = "memory")]
#[get("/start/{how}")]
async fn start(
    session: &Session,
    how: web::Path<String>,
    gate: web::Data<Gate>,
    outcomes: web::Data<Outcomes>,
) -> Result<HttpResponse, SessionError> {
    let handle = session.handle()?;
    let outcomes = outcomes.get_ref().clone();
    rt::spawn(async move {
        let done = handle
            .update(|session| {
                session.insert("job", "done")?;
                session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)
            })
            .await;
        // The test has ended where nobody listens.
        let _ = outcomes.send(done.map_err(|err| err.kind()));
    });
    rt::task::yield_now().await;
    if *how == "blank" {
        return Ok(HttpResponse::Ok().finish());
    }
    session.insert("job", "running")?;
    match &**how {
        "save" => session.save().await?,
        "panic" => panic!("this panic belongs to the test"),
        "fail" => return Ok(HttpResponse::InternalServerError().finish()),
        _ => {}
    }
    gate.pass().await;
    Ok(HttpResponse::Ok().finish())
}

/// Awaits the handle where it may not, and where it may.
#[with_sessions(default = "memory")]
#[get("/awaits/{how}")]
async fn awaits(session: &Session, how: web::Path<String>) -> Result<String, SessionError> {
    session.insert("a", 1)?;
    let handle = session.handle()?;
    if *how == "saved" {
        session.save().await?;
    }
    let tried = match &**how {
        "destroy" => handle.destroy().await.map(|()| 0),
        "read" => handle.read(|session| Ok(session.len())).await.map(|_| 0),
        _ => count_up(&handle, "n").await,
    };
    Ok(tried.map_or_else(|err| format!("{:?}: {err}", err.kind()), |n| n.to_string()))
}

fn job_site() -> (
    Site,
    Gate,
    tokio::sync::mpsc::UnboundedReceiver<Result<u32, ErrorKind>>,
) {
    let (sender, outcomes) = tokio::sync::mpsc::unbounded_channel();
    let gate = Gate::new();
    let (data, desk) = (web::Data::new(gate.clone()), Desk::default());
    let sender: web::Data<Outcomes> = web::Data::new(sender);
    let site = Site::new(move |app| {
        app.app_data(data.clone())
            .app_data(sender.clone())
            .service((start, awaits));
        pages::routes(app, &desk);
    });
    (site, gate, outcomes)
}

/// What a test does with a handle, a job on any thread may do.
#[test]
fn a_handle_and_its_futures_may_go_to_any_thread() {
    fn any_thread<T: Send + 'static>(_: T) {}
    fn check(handle: SessionHandle) {
        let (one, two, three, four) = (handle.clone(), handle.clone(), handle.clone(), handle.clone());
        any_thread(async move { one.update(|session| session.insert("a", 1)).await });
        any_thread(async move { two.read(|session| session.get::<String>("a")).await });
        any_thread(async move { three.destroy().await });
        any_thread(async move {
            four.update(|session| session.update("n", |n: Option<u32>| n.unwrap_or(0)))
                .await
        });
        any_thread(handle);
    }
    let _ = check;
}

/// T4
/// The request comes first, also where the session begins with it and the job is faster than the handler.
#[actix_web::test]
async fn a_job_that_is_faster_than_its_request_comes_after_it() {
    let (site, gate, mut outcomes) = job_site();
    let client = site.client();
    for n in 1..=2 {
        let running = rt::spawn(client.get("/start/usual").send());
        gate.arrived().await;
        assert!(outcomes.try_recv().is_err(), "the job waits");
        gate.open();
        assert_eq!(running.await.expect("the request is answered").status, 200);
        assert_eq!(outcomes.recv().await, Some(Ok(n)));
        assert_eq!(text(&client, "/get/job").await, "done");
    }
    assert_eq!(site.memory.len(), 1);
}

/// What was saved ahead of the response, the job need not wait for.
#[actix_web::test]
async fn a_job_goes_on_as_soon_as_the_session_was_saved_ahead() {
    let (site, gate, mut outcomes) = job_site();
    let client = site.client();
    let running = rt::spawn(client.get("/start/save").send());
    gate.arrived().await;
    assert_eq!(outcomes.recv().await, Some(Ok(1)));
    gate.open();
    running.await.expect("the request is answered");
    assert_eq!(text(&client, "/get/job").await, "done");
}

/// S7
/// There is nothing to write to, and a job must not make a session that nobody has the id of.
#[actix_web::test]
async fn a_job_of_a_session_that_was_never_saved_is_told_so() {
    let (site, _, mut outcomes) = job_site();
    let client = site.client();
    for (path, status) in [("/start/blank", 200), ("/start/fail", 500)] {
        assert_eq!(client.get(path).send().await.status, status, "{path}");
        assert_eq!(outcomes.recv().await, Some(Err(ErrorKind::Gone)), "{path}");
    }
    site.backend.fail_next(Create, Failure::Before);
    let running = rt::spawn(client.get("/start/save").send());
    assert_eq!(running.await.expect("the request is answered").status, 503);
    assert_eq!(outcomes.recv().await, Some(Err(ErrorKind::Gone)));
    assert!(site.memory.is_empty());
}

/// A response that failed took nothing with it that was there before.
#[actix_web::test]
async fn a_job_of_a_failed_response_goes_on_with_the_session_as_it_was() {
    let (site, _, mut outcomes) = job_site();
    let client = site.client();
    client.get("/set/before/old").send().await;
    assert_eq!(client.get("/start/fail").send().await.status, 500);
    assert_eq!(outcomes.recv().await, Some(Ok(1)));
    site.backend.fail_next(Replace, Failure::Before);
    assert_eq!(client.get("/start/save").send().await.status, 503);
    assert_eq!(outcomes.recv().await, Some(Ok(2)));
    assert_eq!(text(&client, "/keys").await, "before,job,n");
}

/// P54
/// A request that was dropped in the middle: the job does not wait for an end that will never come.
#[actix_web::test]
async fn a_job_whose_request_never_ends_goes_on() {
    let (site, _, mut outcomes) = job_site();
    let client = site.client();
    assert!(client.get("/start/panic").try_send().await.is_err());
    assert_eq!(outcomes.recv().await, Some(Err(ErrorKind::Gone)));
    client.get("/set/before/old").send().await;
    assert!(client.get("/start/panic").try_send().await.is_err());
    assert_eq!(outcomes.recv().await, Some(Ok(1)));
    assert_eq!(text(&client, "/get/job").await, "done");
}

/// The mistake that would hang for ever is an error that says what to do; after a save it is none.
#[actix_web::test]
async fn a_handle_that_is_awaited_in_its_own_handler_is_an_error_with_the_cure() {
    let (site, _, _) = job_site();
    for client in [site.client(), visitor_of(&site).await] {
        for how in ["update", "read", "destroy"] {
            let answer = text(&client, &format!("/awaits/{how}")).await;
            assert!(answer.starts_with("Deadlock: "), "{answer}");
            assert!(answer.contains("session.save().await?"), "{answer}");
        }
        assert_eq!(text(&client, "/awaits/saved").await, "1");
    }
}

async fn visitor_of(site: &Site) -> sessions_runtime::testing::Client {
    let client = site.client();
    client.get("/set/before/old").send().await;
    client
}

/// Handles of one session that were made in one request are one.
#[actix_web::test]
async fn a_handle_outlives_its_server_s_request_and_its_clones_know_the_same() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let clone = handle.clone();
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 1);
    assert_eq!(count_up(&clone, "n").await.expect("an update"), 2);
    clone.destroy().await.expect("a destroy");
    assert!(count_up(&handle, "n").await.is_err_and(|err| err.is_gone()));
    assert_eq!(text(&client, "/count/n").await, "0");
    assert_eq!(handle.name(), "session");
    assert_eq!(handle.backend().as_str(), "memory");
    assert!(format!("{handle:?}").contains("session"));
}
