//! What a handle refuses, when, and that it says so.

use std::time::Duration;

use actix_web::get;
use sessions_runtime::{ErrorKind, Session, SessionError, with_sessions};

use crate::pages::{self, Desk, site, text, visitor};
use crate::support::logs;
use crate::support::site::Site;

#[with_sessions(default = "securecookie")]
#[get("/sealed")]
async fn sealed() -> Result<String, SessionError> {
    let err = session.handle().expect_err("it is in the cookie");
    Ok(format!("{:?}: {err}", err.kind()))
}

#[with_sessions(default = "memory", on_outage = "empty")]
#[get("/outage")]
async fn outage() -> String {
    format!("{:?}", session.handle().map_err(|err| err.kind()))
}

/// S12
/// Once the response is on its way, nothing reaches the cookie any more.
#[actix_web::test]
async fn a_session_in_its_cookie_has_no_handle_and_the_error_names_the_cure() {
    let desk = Desk::default();
    let site = Site::new(move |app| {
        app.service((sealed, outage));
        pages::routes(app, &desk);
    });
    let answer = text(&site.client(), "/sealed").await;
    assert!(answer.starts_with("Unsupported: "), "{answer}");
    assert!(answer.contains("server backend"), "{answer}");

    let client = site.client();
    client.get("/set/a/1").send().await;
    site.backend.set_down(true);
    assert_eq!(text(&client, "/outage").await, "Err(ReadOnly)");
}

type Call = fn(&Session);

/// Loud, whole, and without a write: half of such an update would be worse than none.
#[actix_web::test]
async fn what_needs_a_response_fails_the_update() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let calls: [(&str, Call); 5] = [
        ("renew", Session::renew),
        ("destroy", Session::destroy),
        ("remember_for", |session| {
            session.remember_for(Duration::from_secs(60));
        }),
        ("browser_session", Session::browser_session),
        ("handle", |session| {
            assert_eq!(
                session.handle().expect_err("no request").kind(),
                ErrorKind::Unsupported
            );
            session.renew();
        }),
    ];
    let log = logs::capture();
    for (name, call) in calls {
        let mark = log.mark();
        let err = handle
            .update(|session| {
                session.insert("half", true)?;
                call(session);
                Ok(())
            })
            .await
            .expect_err(name);
        assert_eq!(err.kind(), ErrorKind::Unsupported, "{name}");
        assert!(
            err.to_string()
                .contains(if name == "handle" { "renew" } else { name }),
            "{err}"
        );
        assert!(
            log.lines(mark, "had no effect").is_empty(),
            "the error is told once"
        );
    }
    assert_eq!(text(&client, "/keys").await, "before");
}

/// A function that awaits after all, on a future it polls by itself.
#[actix_web::test]
async fn saving_and_taking_belong_to_a_request() {
    use futures_util::FutureExt;
    let (site, desk) = site();
    let (_client, handle) = visitor(&site, &desk, &["before"]).await;
    let answers = handle
        .update(|session| {
            let saved = session.save().now_or_never().expect("it does not wait");
            let taken = session.take_flashes().now_or_never().expect("it does not wait");
            Ok((
                saved.map_err(|err| err.kind()),
                taken.map_err(|err| err.kind()).map(|all| all.len()),
            ))
        })
        .await
        .expect("an update");
    assert_eq!(
        answers,
        (Err(ErrorKind::Unsupported), Err(ErrorKind::Unsupported))
    );
}

#[actix_web::test]
async fn reading_changes_nothing_and_says_so() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let err = handle
        .read(|session| session.insert("a", 1))
        .await
        .expect_err("an insert while reading");
    assert_eq!(err.kind(), ErrorKind::ReadOnly);
    assert!(err.to_string().contains("`update`"), "{err}");
    let err = handle
        .read(|session| Ok(session.remove("before")))
        .await
        .expect_err("a remove while reading");
    assert_eq!(err.kind(), ErrorKind::ReadOnly);
    assert_eq!(text(&client, "/keys").await, "before");
}

/// A clone that was kept from the function does nothing.
#[actix_web::test]
async fn a_session_ends_with_the_function_it_was_given_to() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let kept = handle
        .update(|session| Ok(session.clone()))
        .await
        .expect("an update");
    assert!(kept.insert("a", 1).is_err_and(|err| err.is_closed()));
    assert_eq!(text(&client, "/keys").await, "before");
}

#[actix_web::test]
async fn after_the_response_it_is_too_late_to_make_a_handle() {
    let (site, desk) = site();
    let (_client, handle) = visitor(&site, &desk, &["before"]).await;
    let kept = handle
        .update(|session| Ok(session.clone()))
        .await
        .expect("an update");
    assert!(kept.handle().is_err_and(|err| err.is_closed()));
}
