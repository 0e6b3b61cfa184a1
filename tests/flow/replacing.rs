//! `set_session` and `update_session_args`.

use std::collections::BTreeMap;

use sessions_runtime::testing::Operation;
use sessions_runtime::{ErrorKind, SameSite, Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, describe, kind, on_both_places, told};

on_both_places!(act);

async fn act(step: &str, session: &Session, store: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => {
            session.insert("user", "ada")?;
            session.insert("tea", 1)?;
        }
        "replace" => {
            let map = BTreeMap::from([("tea", 2), ("cup", 1)]);
            let new = store.set_session(session.name(), &map).await?;
            new.insert("more", 1)?;
            // The old handle goes on with the new session.
            session.insert("through_the_old_handle", true)?;
            return Ok(format!("{} {}", describe(&new)?, new.is_new()));
        }
        "replace_by_nothing" => {
            store.set_session(session.name(), [("", 0); 0]).await?;
        }
        "bad_entry" => return Ok(kind(store.set_session(session.name(), [("", 1)]).await)),
        "strict" => {
            let done = store.update_session_args(session.name(), |args| args.same_site(SameSite::Strict))?;
            let again = store.update_session_args(session.name(), |args| args.http_only(false))?;
            return Ok(format!("{done} {again}"));
        }
        "strict_nobody" => {
            return Ok(store
                .update_session_args("nobody", |args| args.http_only(false))?
                .to_string());
        }
        "bad_args" => {
            let name = session.name();
            let path = kind(store.update_session_args(name, |args| args.path("/shop")));
            let domain = kind(store.update_session_args(name, |args| args.domain("shop.example")));
            let secure = kind(store.update_session_args(name, |args| args.secure(false)));
            return Ok(format!("{path} {domain} {secure}"));
        }
        _ => {}
    }
    describe(session)
}

/// T20, T21
#[actix_web::test]
async fn a_replaced_session_is_new_and_the_old_one_is_gone() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        let before = client.fork();
        site.later(1);
        site.backend.take_operations();
        let text = client.get(&format!("{place}/replace")).send().await.text();
        let after = "cup=1 more=1 tea=2 through_the_old_handle=true";
        assert_eq!(text, format!("{after} true"), "{place}");
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            after,
            "{place}"
        );
        assert_ne!(client.cookie(COOKIE), before.cookie(COOKIE), "{place}");
        if place == "/kept" {
            let operations = site.backend.take_operations();
            assert_eq!(
                operations.iter().filter(|one| **one == Operation::Create).count(),
                1
            );
            assert_eq!(
                operations.iter().filter(|one| **one == Operation::Delete).count(),
                1,
                "no orphan"
            );
            assert_eq!(site.memory.len(), 1);
            assert_eq!(before.get("/kept/show").send().await.text(), "");
        }
    }
}

/// T20
#[actix_web::test]
async fn replacing_by_nothing_ends_the_session() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        client.get(&format!("{place}/replace_by_nothing")).send().await;
        assert_eq!(client.cookie(COOKIE), None, "{place}");
        assert!(site.memory.is_empty(), "{place}");
    }
}

/// T21
#[actix_web::test]
async fn an_entry_that_is_refused_is_an_error() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let text = site
            .client()
            .get(&format!("{place}/bad_entry"))
            .send()
            .await
            .text();
        assert_eq!(text, told(ErrorKind::InvalidName), "{place}");
    }
}

/// T22
#[actix_web::test]
async fn changed_cookie_attributes_reach_the_browser_at_once() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        site.backend.take_operations();
        let reply = client.get(&format!("{place}/strict")).send().await;
        assert_eq!(reply.text(), "true true", "{place}");
        let cookie = reply.set_cookie(COOKIE).expect("it is sent again");
        assert_eq!(
            (cookie.same_site.as_deref(), cookie.http_only),
            (Some("Strict"), false),
            "{place}"
        );
        let writes = site
            .backend
            .take_operations()
            .into_iter()
            .filter(|one| *one != Operation::Load);
        assert_eq!(writes.count(), 0, "{place}: attributes are not data");
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            r#"tea=1 user="ada""#,
            "{place}"
        );
    }
}

/// T22
#[actix_web::test]
async fn attributes_of_a_session_that_is_not_open_are_not_changed() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let reply = site.client().get(&format!("{place}/strict_nobody")).send().await;
        assert_eq!(
            (reply.text().as_str(), reply.set_cookies().len()),
            ("false", 0),
            "{place}"
        );
        let reply = site.client().get(&format!("{place}/strict")).send().await;
        assert!(reply.set_cookies().is_empty(), "{place}: there is no session yet");
    }
}

/// T11, T22
#[actix_web::test]
async fn attributes_that_decide_the_cookie_s_name_cannot_change() {
    let refused = told(ErrorKind::InvalidCookie);
    let site = site_with(|builder| builder);
    for place in PLACES {
        let text = site
            .client()
            .get(&format!("{place}/bad_args"))
            .send()
            .await
            .text();
        assert_eq!(text, format!("{refused} {refused} {refused}"), "{place}");
    }
}
