//! A backend that is down when a session is loaded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::{HttpResponse, get, web};
use sessions_runtime::testing::{Failure, Operation, Reply};
use sessions_runtime::{OnOutage, Session, SessionError, with_sessions};

use crate::pages::{self, COOKIE, id_of, text, visitor};
use crate::support::logs;
use crate::support::site::Site;

/// How often a body ran.
type Runs = web::Data<AtomicUsize>;

#[with_sessions(default = "memory")]
#[get("/counted")]
async fn counted(runs: Runs) -> Result<&'static str, SessionError> {
    runs.fetch_add(1, Ordering::SeqCst);
    session.insert("ran", true)?;
    session_store.set_cookie("seen", "yes")?;
    Ok("ran")
}

#[with_sessions(default = "memory", on_outage = "empty")]
#[get("/without")]
async fn without() -> Result<String, SessionError> {
    let inserted = session.insert("a", 1).map_err(|err| err.kind());
    let removed = session.remove("before");
    let flash = session.add_flash("hello").map_err(|err| err.kind());
    let saved = session.save().await.map_err(|err| err.kind());
    session.clear();
    session.renew();
    session.destroy();
    session_store.set_cookie("seen", "yes")?;
    let (origin, keys, taken) = (
        session.origin(),
        session.keys().len(),
        session.take_flashes().await?.len(),
    );
    Ok(format!(
        "{origin} {keys} {taken} {removed} {inserted:?} {flash:?} {saved:?}"
    ))
}

/// Whether it goes on without its session is a matter of the configuration.
#[with_sessions]
#[session(name = "tips")]
#[get("/tips")]
async fn tips(tips: &Session) -> Result<HttpResponse, SessionError> {
    let seen = tips.contains_key("seen");
    if tips.origin().as_str() != "unavailable" {
        tips.insert("seen", true)?;
    }
    Ok(HttpResponse::Ok().body(seen.to_string()))
}

fn site() -> (Site, Arc<AtomicUsize>) {
    let runs = web::Data::new(AtomicUsize::new(0));
    let data = runs.clone();
    let site = Site::with(
        |builder| builder.session("tips", |one| one.backend("memory").on_outage(OnOutage::Empty)),
        move |app| {
            app.app_data(data.clone()).service((counted, without, tips));
            pages::routes(app);
        },
    );
    (site, runs.into_inner())
}

fn assert_unavailable(reply: &Reply) {
    assert_eq!(reply.status, 503);
    assert_eq!(reply.text(), "");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.set_cookies().is_empty());
}

/// P24
#[actix_web::test]
async fn a_backend_that_is_down_answers_503_and_the_body_never_runs() {
    let log = logs::capture();
    let (site, runs) = site();
    let client = visitor(&site, &["before"]).await;
    let id = id_of(&client);
    let mark = log.mark();
    for failure in [Failure::Before, Failure::After, Failure::Busy] {
        site.backend.fail_next(Operation::Load, failure);
        assert_unavailable(&client.get("/counted").send().await);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(
        log.lines(mark, "sessions cannot be loaded")
            .iter()
            .filter(|one| one.contains("counted"))
            .count(),
        3
    );
    assert_eq!(id_of(&client), id, "the cookie is untouched");
    assert_eq!(client.get("/counted").send().await.status, 200);
    assert_eq!(text(&client, "/kept/keys").await, "before,ran");
}

/// P24
/// Without a cookie there is nothing to load; it is the save that fails, and that must not be repeated.
#[actix_web::test]
async fn a_first_visit_during_an_outage_fails_when_it_saves() {
    let (site, runs) = site();
    site.backend.set_down(true);
    let reply = site.client().get("/counted").send().await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, None));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(
        text(&site.client(), "/kept/keys").await,
        "",
        "reading nothing needs no backend"
    );
    let stranger = site
        .client()
        .get("/kept/keys")
        .cookie_header(format!("{COOKIE}=forged"))
        .send()
        .await;
    assert_eq!(stranger.status, 200, "a forged cookie never reaches the backend");
}

/// P24
#[actix_web::test]
async fn on_outage_empty_gives_an_empty_session_that_cannot_be_written() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let id = id_of(&client);
    site.backend.fail_next(Operation::Load, Failure::Before);
    site.backend.take_operations();
    let reply = client.get("/without").send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.text(),
        "unavailable 0 0 false Err(ReadOnly) Err(ReadOnly) Err(ReadOnly)"
    );
    // Cookies of the application's own are no matter of the backend.
    let names: Vec<String> = reply
        .set_cookies()
        .into_iter()
        .map(|cookie| cookie.name)
        .collect();
    assert_eq!(names, ["seen"]);
    assert_eq!(site.backend.operations(), [Operation::Load]);
    assert_eq!(id_of(&client), id);
    assert_eq!(text(&client, "/kept/keys").await, "before");
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// P24
#[actix_web::test]
async fn the_configuration_can_say_that_a_session_may_be_missing() {
    let (site, _) = site();
    let client = site.client();
    client.get("/tips").send().await;
    site.backend.set_down(true);
    let reply = client.get("/tips").send().await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "false"));
    assert!(reply.set_cookies().is_empty());
    site.backend.set_down(false);
    assert_eq!(text(&client, "/tips").await, "true");
}
