//! What a response's status decides: below 500 everything is saved, from 500 on nothing, and a sign-out always counts.

use actix_web::{HttpResponse, get, web};
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, COOKIE, id_of, text, text_with};
use crate::support::logs;
use crate::support::site::Site;

#[with_sessions(default = "memory", save = "always")]
#[get("/panics-and-saves-always")]
async fn panics_and_saves_always() -> Result<HttpResponse, SessionError> {
    session.insert("changed", "yes")?;
    session.update("changed", |_: Option<String>| "again".to_owned())?;
    session_store.set_cookie("seen", "yes")?;
    panic!("on purpose");
}

#[with_sessions(default = "securecookie")]
#[get("/panics-sealed")]
async fn panics_sealed() -> Result<HttpResponse, SessionError> {
    session.insert("changed", "yes")?;
    panic!("on purpose");
}

#[with_sessions(default = "memory")]
#[get("/panics-after-save")]
async fn panics_after_save() -> Result<HttpResponse, SessionError> {
    session.insert("changed", "yes")?;
    session.save().await?;
    panic!("on purpose");
}

/// Commits, changes more, and answers as it is asked to.
#[with_sessions(default = "memory")]
#[get("/charge/{status}")]
async fn charge(session: &Session, status: web::Path<u16>) -> Result<HttpResponse, SessionError> {
    session.insert("order", "17")?;
    session.renew();
    session.save().await?;
    session.insert("changed", "yes")?;
    Ok(HttpResponse::build((*status).try_into().expect("a status")).finish())
}

/// Ends one session and begins another.
#[with_sessions(default = "memory")]
#[get("/out-and-in/{status}")]
async fn out_and_in(session: &Session, status: web::Path<u16>) -> Result<HttpResponse, SessionError> {
    session.destroy();
    session.add_flash("You have been signed out")?;
    Ok(HttpResponse::build((*status).try_into().expect("a status")).finish())
}

fn site() -> Site {
    named("session")
}

/// A site whose default session has this name, to be found in the log.
fn named(session: &str) -> Site {
    let session = session.to_owned();
    Site::with(
        |builder| builder.cookie_name(session),
        |app| {
            app.service((
                panics_and_saves_always,
                panics_sealed,
                panics_after_save,
                charge,
                out_and_in,
            ));
            pages::routes(app);
        },
    )
}

/// P23
#[actix_web::test]
async fn every_response_below_500_saves() {
    let site = site();
    for place in ["sealed", "kept"] {
        for status in [200, 201, 204, 303, 304, 400, 403, 404, 418, 499] {
            for answer in ["answer", "fail"] {
                let what = format!("/{place}/{answer}/{status}");
                let client = site.client();
                client.get(&format!("/{place}/set/before/1")).send().await;
                let old = id_of(&client);
                let reply = client.get(&what).send().await;
                assert_eq!(reply.status, status, "{what}");
                assert_eq!(reply.set_cookies().len(), 2, "{what}");
                assert_ne!(id_of(&client), old, "{what}");
                assert_eq!(client.cookie("seen").as_deref(), Some("yes"), "{what}");
                assert_eq!(
                    text(&client, &format!("/{place}/keys")).await,
                    "before,changed",
                    "{what}"
                );
                assert_eq!(
                    text(&client, &format!("/{place}/flashes")).await,
                    "changed",
                    "{what}"
                );
            }
        }
    }
}

/// P23
#[actix_web::test]
async fn a_response_from_500_on_saves_nothing() {
    let site = site();
    for place in ["sealed", "kept"] {
        for status in [500, 501, 503, 599] {
            for answer in ["answer", "fail"] {
                let what = format!("/{place}/{answer}/{status}");
                let client = site.client();
                client.get(&format!("/{place}/set/before/1")).send().await;
                let (old, records) = (id_of(&client), site.memory.len());
                let reply = client.get(&what).send().await;
                assert_eq!(reply.status, status, "{what}");
                assert!(reply.set_cookies().is_empty(), "{what}");
                assert_eq!(
                    text_with(&site, &old, &format!("/{place}/keys")).await,
                    "before",
                    "{what}"
                );
                assert_eq!(text(&client, &format!("/{place}/flashes")).await, "", "{what}");
                assert_eq!(site.memory.len(), records, "{what}");
            }
        }
    }
}

/// P23
#[actix_web::test]
async fn save_always_saves_a_failed_response_too() {
    let site = site();
    for place in ["sealed", "kept"] {
        let client = site.client();
        client.get(&format!("/{place}/set/before/1")).send().await;
        let reply = client.get(&format!("/{place}/always/500")).send().await;
        assert_eq!(reply.status, 500);
        assert_eq!(reply.set_cookies().len(), 2, "{place}");
        assert_eq!(text(&client, &format!("/{place}/keys")).await, "before,changed");
        assert_eq!(text(&client, &format!("/{place}/flashes")).await, "changed");
    }
}

/// C5, P23
#[actix_web::test]
async fn a_sign_out_takes_effect_whatever_the_status() {
    let site = site();
    for place in ["sealed", "kept"] {
        for status in [200, 302, 403, 500, 503] {
            let what = format!("/{place}/logout/{status}");
            let client = site.client();
            client.get(&format!("/{place}/set/before/1")).send().await;
            let old = id_of(&client);
            site.backend.take_operations();
            let reply = client.get(&what).send().await;
            assert!(
                reply.set_cookie(COOKIE).is_some_and(|cookie| cookie.is_removal()),
                "{what}"
            );
            assert_eq!(client.cookie(COOKIE), None, "{what}");
            if place == "kept" {
                assert_eq!(
                    site.backend.operations(),
                    [Operation::Load, Operation::Delete],
                    "{what}"
                );
                assert_eq!(text_with(&site, &old, "/kept/keys").await, "", "{what}");
                assert!(site.memory.is_empty(), "{what}");
            }
        }
    }
}

/// P23
#[actix_web::test]
async fn what_follows_a_sign_out_is_a_new_session_unless_the_response_fails() {
    let site = site();
    for (status, shown) in [(303, "You have been signed out"), (500, "")] {
        let client = site.client();
        client.get("/kept/set/before/1").send().await;
        let old = id_of(&client);
        let reply = client.get(&format!("/out-and-in/{status}")).send().await;
        assert_eq!(reply.set_cookies().len(), 1);
        assert_eq!(reply.set_cookies()[0].is_removal(), status == 500);
        assert_ne!(id_of(&client), old);
        assert_eq!(text_with(&site, &old, "/kept/origin").await, "unknown");
        assert_eq!(text(&client, "/kept/keys").await, "");
        assert_eq!(text(&client, "/kept/flashes").await, shown);
    }
}

/// P54
#[actix_web::test]
async fn a_panic_saves_nothing_and_logs_what_was_lost() {
    let log = logs::capture();
    for (place, path) in [("kept", "/panics-and-saves-always"), ("sealed", "/panics-sealed")] {
        let site = named(&format!("panicking_{place}"));
        let client = site.client();
        client.get(&format!("/{place}/set/before/1")).send().await;
        let mark = log.mark();
        client
            .get(path)
            .try_send()
            .await
            .expect_err("a panic gives no answer");
        // The next request runs on the same worker, so the panicked one has been dropped.
        assert_eq!(text(&client, &format!("/{place}/keys")).await, "before", "{path}");
        assert!(
            log.lines(mark, "changes of a session are lost")
                .iter()
                .any(|line| line.contains("ERROR") && line.contains(&format!("panicking_{place}"))),
            "{path}"
        );
    }
}

/// P54
#[actix_web::test]
async fn what_was_saved_before_a_panic_stays_saved() {
    let site = site();
    let client = pages::visitor(&site, &["before"]).await;
    client
        .get("/panics-after-save")
        .try_send()
        .await
        .expect_err("a panic gives no answer");
    assert_eq!(text(&client, "/kept/keys").await, "before,changed");
}

/// P23
#[actix_web::test]
async fn what_was_saved_in_the_middle_stays_saved_with_its_cookie() {
    let site = site();
    for status in [200, 500] {
        let keys = if status == 200 { "changed,order" } else { "order" };
        // A new session: its cookie comes with the failed response, or its record would be out of reach.
        let client = site.client();
        let reply = client.get(&format!("/charge/{status}")).send().await;
        assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (status, 1));
        assert_eq!(text(&client, "/kept/keys").await, keys);
        // A known one, with a new id since the save.
        let client = pages::visitor(&site, &["before"]).await;
        let old = id_of(&client);
        let reply = client.get(&format!("/charge/{status}")).send().await;
        assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (status, 1));
        assert_eq!(text_with(&site, &old, "/kept/keys").await, "");
        assert_eq!(text(&client, "/kept/keys").await, format!("before,{keys}"));
    }
}
