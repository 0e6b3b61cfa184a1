//! A handler's own rules hold, although an extractor or the middleware opened its session before it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::rt::{self, task};
use actix_web::{App, FromRequest, HttpRequest, get, web};
use futures_util::future::join_all;
use sessions_runtime::testing::{Client, Operation, serve_app};
use sessions_runtime::{SessionError, SessionMiddleware, SessionsExt, with_sessions};

use crate::pages::{self, COOKIE, crossed, id_of, text, visitor};
use crate::support::gate::Gate;
use crate::support::site::{Site, parts};

/// Who is here; it opens the session to find out, and notes the visit.
struct Visitor;

impl FromRequest for Visitor {
    type Error = SessionError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, SessionError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let store = request.session_store();
        Box::pin(async move {
            let session = store?.get_session("session").backend("memory").await?;
            session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
            Ok(Self)
        })
    }
}

#[with_sessions(default = "memory", lock)]
#[get("/locked-visit")]
async fn locked_visit(_visitor: Visitor) -> Result<String, SessionError> {
    let (n, visits) = (
        session.get::<u32>("n")?.unwrap_or(0),
        session.get::<u32>("visits")?.unwrap_or(0),
    );
    for _ in 0..5 {
        task::yield_now().await;
    }
    session.insert("n", n + 1)?;
    Ok(visits.to_string())
}

#[with_sessions(default = "memory", lock)]
#[get("/locked-look")]
async fn locked_look(_visitor: Visitor, gate: web::Data<Gate>) -> Result<String, SessionError> {
    gate.pass().await;
    Ok(session.keys().join(","))
}

#[with_sessions(default = "memory", conflict = "reject")]
#[get("/rejecting-visit")]
async fn rejecting_visit(_visitor: Visitor) -> Result<&'static str, SessionError> {
    session.insert("n", 1)?;
    Ok("done")
}

fn site() -> (Site, Gate) {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::new(move |app| {
        app.app_data(data.clone())
            .service((locked_visit, locked_look, rejecting_visit));
        pages::routes(app);
    });
    (site, gate)
}

/// C10, P29
#[actix_web::test]
async fn a_lock_is_taken_although_an_extractor_opened_the_session() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let replies = join_all((0..20).map(|_| client.get("/locked-visit").send())).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(text(&client, "/kept/count/n").await, "20");
    assert_eq!(text(&client, "/kept/count/visits").await, "20");
    let mut seen: Vec<u32> = replies
        .iter()
        .map(|reply| reply.text().parse().unwrap())
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        (1..=20).collect::<Vec<_>>(),
        "what the extractor did counts on top of the fresh session"
    );
}

/// C10
#[actix_web::test]
async fn a_lock_is_taken_although_the_middleware_loaded_the_session() {
    let (clock, _, _, builder) = parts();
    let sessions = builder
        .default_backend("memory")
        .build()
        .expect("the settings are fit");
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .service(locked_visit)
            .configure(pages::routes)
            .wrap(SessionMiddleware::new().load("session"))
    });
    let client = Client::new(&server).with_clock(clock);
    client.get("/kept/set/before/1").send().await;
    join_all((0..20).map(|_| client.get("/locked-visit").send())).await;
    assert_eq!(text(&client, "/kept/count/n").await, "20");
}

/// C1
#[actix_web::test]
async fn a_conflict_is_rejected_although_an_extractor_opened_the_session() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let slow = ("/rejecting-visit", Operation::Replace);
    let (slow, _) = crossed(&site, &client, slow, "/kept/set/fast/1").await;
    assert_eq!(slow.status, 409);
    assert_eq!(text(&client, "/kept/keys").await, "before,fast");
}

/// S9, C10
/// Whoever waits for the lock with an id that is renewed meanwhile does not see what was written after the renewal.
#[actix_web::test]
async fn waiting_for_a_lock_does_not_lead_into_a_renewed_session() {
    let (site, gate) = site();
    let client = visitor(&site, &["before"]).await;
    let thief = client.fork();
    let holder = rt::spawn(client.get("/locked-look").send());
    gate.arrived().await;
    let loads = [(); 2].map(|()| site.backend.pause_next(Operation::Load));
    let waiting = rt::spawn(thief.get("/locked-look").send());
    let [extractor, after] = loads;
    extractor.reached().await;
    extractor.release();
    // The next load is that of the sign-in, or of the one who waits: each goes on.
    after.release();
    client.get("/kept/login/ada").send().await;
    gate.open();
    gate.open();
    assert_eq!(
        holder.await.expect("the request is answered").text(),
        "before,visits"
    );
    let waited = waiting.await.expect("the request is answered");
    assert!(!waited.text().contains("user"), "{}", waited.text());
    assert!(waited.set_cookie(COOKIE).is_none());
    assert_ne!(id_of(&thief), id_of(&client));
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
}
