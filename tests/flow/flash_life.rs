//! What flash messages survive, and what consumes them.

use actix_web::http::Method;
use actix_web::{HttpResponse, get, web};
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, SessionStore, with_sessions};

use crate::places::{PLACES, describe, on_both_places};
use crate::support::site::Site;

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => {
            session.insert("user", "ada")?;
            session.add_flash("waiting")?;
        }
        "take" => {
            let taken = session.take_flashes().await?;
            return Ok(taken
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "));
        }
        "clear" => session.clear(),
        "renew" => session.renew(),
        "sign_out" => {
            session.destroy();
            session.add_flash("you have been signed out")?;
        }
        "take_twice" => {
            let (left, right) =
                futures_util::future::join(session.take_flashes(), session.take_flashes()).await;
            return Ok((left?.len() + right?.len()).to_string());
        }
        _ => {}
    }
    describe(session)
}

/// Takes the messages and answers with the status that is asked for.
async fn show(session: &Session, status: u16) -> Result<HttpResponse, SessionError> {
    let taken = session.take_flashes().await?;
    session.add_flash("from the failed page")?;
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    Ok(HttpResponse::build(status).body(taken.len().to_string()))
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/status/{status}")]
async fn show_sealed(status: web::Path<u16>) -> Result<HttpResponse, SessionError> {
    show(session, *status).await
}

#[with_sessions(default = "memory")]
#[get("/kept/status/{status}")]
async fn show_kept(status: web::Path<u16>) -> Result<HttpResponse, SessionError> {
    show(session, *status).await
}

/// T77
#[actix_web::test]
async fn a_head_request_consumes_nothing() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        site.backend.take_operations();
        let head = client
            .request(Method::HEAD, &format!("{place}/take"))
            .send()
            .await;
        assert_eq!(
            (head.status.as_u16(), head.header("content-length")),
            (200, Some("7")),
            "{place}"
        );
        assert!(head.set_cookies().is_empty(), "{place}");
        assert!(
            !site.backend.take_operations().contains(&Operation::Replace),
            "{place}"
        );
        assert_eq!(
            client.get(&format!("{place}/take")).send().await.text(),
            "waiting",
            "{place}"
        );
    }
}

/// T71
#[actix_web::test]
async fn messages_survive_clear_and_renew() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        for (step, left) in [
            ("clear", "flash/info:waiting"),
            ("renew", r#"user="ada" flash/info:waiting"#),
        ] {
            let client = site.client();
            client.get(&format!("{place}/fill")).send().await;
            site.later(1);
            assert_eq!(
                client.get(&format!("{place}/{step}")).send().await.text(),
                left,
                "{place}/{step}"
            );
            assert_eq!(
                client.get(&format!("{place}/take")).send().await.text(),
                "waiting",
                "{place}/{step}"
            );
        }
    }
}

/// T71, T62
#[actix_web::test]
async fn you_have_been_signed_out_is_shown_by_a_new_session() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        site.later(1);
        let before = client.fork();
        let reply = client.get(&format!("{place}/sign_out")).send().await;
        assert_eq!(reply.text(), "flash/info:you have been signed out", "{place}");
        assert_eq!(reply.set_cookies().len(), 1, "{place}");
        assert_eq!(
            client.get(&format!("{place}/take")).send().await.text(),
            "you have been signed out",
            "{place}"
        );
        if place == "/kept" {
            assert_eq!(
                before.get("/kept/show").send().await.text(),
                "",
                "the old id is dead"
            );
        }
    }
}

/// T25, T72
#[actix_web::test]
async fn a_failed_page_puts_the_messages_back_and_loses_its_own() {
    let site = Site::new(|app| {
        app.service((show_sealed, show_kept, on_sealed, on_kept));
    });
    for place in PLACES {
        for (status, left) in [(500, "waiting"), (503, "waiting"), (404, "from the failed page")] {
            let client = site.client();
            client.get(&format!("{place}/fill")).send().await;
            assert_eq!(
                client
                    .get(&format!("{place}/status/{status}"))
                    .send()
                    .await
                    .text(),
                "1",
                "{place}/{status}"
            );
            assert_eq!(
                client.get(&format!("{place}/take")).send().await.text(),
                left,
                "{place}/{status}"
            );
        }
    }
}

/// T72
#[actix_web::test]
async fn two_takers_in_one_request_share_the_messages() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        assert_eq!(
            client.get(&format!("{place}/take_twice")).send().await.text(),
            "1",
            "{place}"
        );
        assert_eq!(
            client.get(&format!("{place}/take")).send().await.text(),
            "",
            "{place}"
        );
    }
}
