//! Every call that changes a session, alone on a freshly loaded one: the next request has to see it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sessions_runtime::testing::{Client, Operation};
use sessions_runtime::{Flash, Level, Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, describe, ignore, on_both_places};

#[derive(Serialize, Deserialize)]
struct Progress(u8);

impl Flash for Progress {
    const QUEUE: &'static str = "progress";
}

const DAY: u64 = 86_400;
const FILLED: &str = r#"list=[1] number=1 text="one" flash/info:waiting side/error:aside progress/info:"#;

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => {
            session.insert("number", 1)?;
            session.insert("text", "one")?;
            session.insert("list", [1])?;
            session.add_flash("waiting")?;
            session.add_flash_to("side", (Level::Error, "aside"))?;
            session.add_flash(Progress(70))?;
        }
        "insert" => session.insert("number", 2)?,
        "insert_new" => session.insert("more", true)?,
        "remove" => ignore(session.remove("number")),
        "take" => ignore(session.take::<String>("text")?),
        "update" => ignore(session.update("number", |n: Option<u32>| n.unwrap_or(0) + 1)?),
        "update_new" => ignore(session.update("more", |n: Option<u32>| n.unwrap_or(7))?),
        "modify" => session.modify("list", |list: &mut Vec<u32>| list.push(2))?,
        "modify_new" => session.modify("more", |list: &mut Vec<u32>| list.push(3))?,
        "clear" => session.clear(),
        "add_flash" => session.add_flash((Level::Success, "new"))?,
        "add_flash_to" => session.add_flash_to("side", "new")?,
        "add_flash_typed" => session.add_flash(Progress(80))?,
        "take_flashes" => ignore(session.take_flashes().await?),
        "take_flashes_from" => ignore(session.take_flashes_from("side").await?),
        "take_flashes_of" => ignore(session.take_flashes_of::<Progress>().await?),
        "remember_for" => session.remember_for(Duration::from_secs(90 * DAY)),
        "remember_forever" => session.remember_for(Duration::MAX),
        "browser_session" => session.browser_session(),
        "renew" => session.renew(),
        "destroy" => session.destroy(),
        _ => {}
    }
    describe(session)
}

/// A browser with a session that was filled by an earlier request.
async fn filled(site: &crate::support::site::Site, place: &str) -> Client {
    let client = site.client();
    assert_eq!(
        client.get(&format!("{place}/fill")).send().await.text(),
        FILLED,
        "{place}"
    );
    site.later(1);
    site.backend.take_operations();
    client
}

/// V32, T14, T15, T17, T18, G4
#[actix_web::test]
async fn each_change_alone_is_seen_by_the_next_request() {
    let flashes = "flash/info:waiting side/error:aside progress/info:";
    let after = [
        (
            "insert",
            r#"list=[1] number=2 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "insert_new",
            r#"list=[1] more=true number=1 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "remove",
            r#"list=[1] text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "take",
            "list=[1] number=1 flash/info:waiting side/error:aside progress/info:",
        ),
        (
            "update",
            r#"list=[1] number=2 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "update_new",
            r#"list=[1] more=7 number=1 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "modify",
            r#"list=[1,2] number=1 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        (
            "modify_new",
            r#"list=[1] more=[3] number=1 text="one" flash/info:waiting side/error:aside progress/info:"#,
        ),
        ("clear", flashes),
        (
            "add_flash",
            r#"list=[1] number=1 text="one" flash/info:waiting side/error:aside progress/info: flash/success:new"#,
        ),
        (
            "add_flash_to",
            r#"list=[1] number=1 text="one" flash/info:waiting side/error:aside progress/info: side/info:new"#,
        ),
        (
            "add_flash_typed",
            r#"list=[1] number=1 text="one" flash/info:waiting side/error:aside progress/info: progress/info:"#,
        ),
        ("take_flashes", r#"list=[1] number=1 text="one""#),
        (
            "take_flashes_from",
            r#"list=[1] number=1 text="one" flash/info:waiting progress/info:"#,
        ),
        (
            "take_flashes_of",
            r#"list=[1] number=1 text="one" flash/info:waiting side/error:aside"#,
        ),
        ("remember_for", FILLED),
        ("browser_session", FILLED),
        ("renew", FILLED),
        ("destroy", ""),
    ];
    let site = site_with(|builder| builder);
    for place in PLACES {
        for (step, expected) in after {
            let client = filled(&site, place).await;
            let changed = client.get(&format!("{place}/{step}")).send().await;
            assert_eq!(changed.text(), expected, "{place}/{step}, in the same request");
            let next = client.get(&format!("{place}/show")).send().await;
            assert_eq!(next.text(), expected, "{place}/{step}, in the next request");
        }
    }
}

/// V32, T18
#[actix_web::test]
async fn emptying_piece_by_piece_leaves_an_empty_session_and_not_the_old_one() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = filled(&site, place).await;
        for step in ["remove", "take", "clear", "take_flashes"] {
            client.get(&format!("{place}/{step}")).send().await;
        }
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            "",
            "{place}"
        );
    }
}

/// T18
#[actix_web::test]
async fn remembering_alone_lengthens_session_and_cookie() {
    let site = site_with(|builder| builder.idle_timeout(Duration::from_secs(100 * DAY)));
    for place in PLACES {
        let client = filled(&site, place).await;
        let forgotten = filled(&site, place).await;
        let reply = client.get(&format!("{place}/remember_for")).send().await;
        let max_age = reply.set_cookie(COOKIE).and_then(|cookie| cookie.max_age);
        assert_eq!(max_age, Some(90 * 86_400), "{place}");
        // The configured lifetime of 30 days is over.
        site.later(40 * DAY);
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            FILLED,
            "{place}"
        );
        assert_eq!(
            forgotten.get(&format!("{place}/show")).send().await.text(),
            "",
            "{place}"
        );
        site.later(51 * DAY);
        assert_eq!(
            client.fork().get(&format!("{place}/show")).send().await.text(),
            "",
            "{place}"
        );
    }
}

/// S31, V22
#[actix_web::test]
async fn remembering_for_ever_is_400_days() {
    let site = site_with(|builder| builder.idle_timeout(Duration::from_secs(400 * DAY)));
    for place in PLACES {
        let client = filled(&site, place).await;
        let reply = client.get(&format!("{place}/remember_forever")).send().await;
        let header = format!("{COOKIE}={}", client.cookie(COOKIE).expect("a cookie"));
        assert_eq!(
            reply.set_cookie(COOKIE).and_then(|cookie| cookie.max_age),
            Some(400 * 86_400),
            "{place}"
        );
        site.later(400 * DAY + 1);
        let reply = client
            .get(&format!("{place}/show"))
            .cookie_header(header)
            .send()
            .await;
        assert_eq!(reply.text(), "", "{place}: the server has the same limit");
    }
}

/// T22
#[actix_web::test]
async fn a_browser_session_alone_makes_a_cookie_without_an_age_and_stays_one() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = filled(&site, place).await;
        for step in ["browser_session", "renew"] {
            let reply = client.get(&format!("{place}/{step}")).send().await;
            let cookie = reply.set_cookie(COOKIE).expect("the cookie is sent again");
            assert_eq!((cookie.max_age, cookie.expires), (None, None), "{place}/{step}");
            site.later(1);
        }
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            FILLED,
            "{place}"
        );
    }
}

/// T62
#[actix_web::test]
async fn renewing_alone_replaces_the_cookie_and_on_a_server_the_id() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = filled(&site, place).await;
        let before = client.fork();
        let reply = client.get(&format!("{place}/renew")).send().await;
        let renewed = reply.set_cookie(COOKIE).expect("a new cookie").value;
        assert_ne!(Some(renewed), before.cookie(COOKIE), "{place}");
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            FILLED,
            "{place}"
        );
        // A sealed cookie has no id, so its copy goes on working.
        let old = if place == "/kept" { "" } else { FILLED };
        assert_eq!(
            before.get(&format!("{place}/show")).send().await.text(),
            old,
            "{place}"
        );
    }
}

/// T62
#[actix_web::test]
async fn destroying_alone_removes_cookie_and_record() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = filled(&site, place).await;
        let thief = client.fork();
        let reply = client.get(&format!("{place}/destroy")).send().await;
        assert!(
            reply.set_cookie(COOKIE).is_some_and(|cookie| cookie.is_removal()),
            "{place}"
        );
        assert_eq!(client.cookie(COOKIE), None, "{place}");
        if place == "/kept" {
            assert!(site.backend.take_operations().contains(&Operation::Delete));
            assert_eq!(thief.get(&format!("{place}/show")).send().await.text(), "");
            assert!(site.memory.is_empty());
        }
    }
}
