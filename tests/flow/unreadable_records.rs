//! Records that somebody else wrote, or an older program: no session, and no crash.

use actix_web::web::Bytes;
use serde_json::{Value, json};
use sessions_runtime::{Backend, ErrorKind, NewRecord, Replace, Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, kind, on_both_places, told};
use crate::support::logs;
use crate::support::site::Site;

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    Ok(match step {
        "fill" => {
            session.insert("user", "ada")?;
            String::new()
        }
        "fill_deep" => {
            session.insert("deep", (0..1_000).fold(json!(1), |inner, _| json!([inner])))?;
            session.insert("flat", (0..60).fold(json!(1), |inner, _| json!([inner])))?;
            String::new()
        }
        "read_deep" => {
            format!(
                "{} {}",
                kind(session.get::<Value>("deep")),
                kind(session.get::<Value>("flat"))
            )
        }
        _ => format!("{} {:?}", session.origin(), session.get::<String>("user")?),
    })
}

/// Changes the bytes of the one record that the site has.
async fn rewrite(site: &Site, change: impl FnOnce(&mut Vec<u8>)) {
    let (key, record) = site.memory.dump().pop().expect("a record");
    let mut data = record.data.to_vec();
    change(&mut data);
    let new = NewRecord {
        data: Bytes::from(data),
        expiry: record.expiry,
        principal: record.principal,
    };
    let replaced = site
        .memory
        .replace(&key, record.version, new)
        .await
        .expect("memory does not fail");
    assert!(matches!(replaced, Replace::Replaced(_)));
}

/// Says what a visitor finds whose record was changed so.
async fn visited_after(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let site = site_with(|builder| builder);
    let client = site.client();
    client.get("/kept/fill").send().await;
    let before = client.cookie(COOKIE);
    rewrite(&site, change).await;
    let reply = client.get("/kept/show").send().await;
    assert_eq!(reply.status, 200);
    assert!(reply.set_cookies().is_empty());
    let text = reply.text();
    if !text.starts_with("loaded") {
        client.get("/kept/fill").send().await;
        assert_ne!(
            client.cookie(COOKIE),
            before,
            "the next write begins a session with another id"
        );
    }
    text
}

/// P3, P4
#[actix_web::test]
async fn a_record_that_is_not_exactly_ours_is_no_session() {
    let logs = logs::capture();
    assert_eq!(visited_after(|_| ()).await, r#"loaded Some("ada")"#);
    let mark = logs.mark();
    assert_eq!(
        visited_after(|data| data.push(0)).await,
        "unreadable None",
        "a trailing byte"
    );
    assert_eq!(
        visited_after(|data| data[0] = 2).await,
        "unreadable None",
        "an unknown version"
    );
    assert_eq!(
        visited_after(|data| data[1] = 9).await,
        "unreadable None",
        "an unknown kind"
    );
    assert_eq!(
        visited_after(|data| data.truncate(data.len() - 1)).await,
        "unreadable None",
        "a byte too few"
    );
    assert_eq!(visited_after(Vec::clear).await, "unreadable None", "nothing");
    assert!(
        logs.lines(mark, "a record cannot be read").len() >= 5,
        "the log tells, and not the visitor"
    );
}

/// P1
#[actix_web::test]
async fn a_record_that_announces_more_than_it_has_is_no_session() {
    for announced in [
        [253, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        [252, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0],
    ] {
        for at in 0..40 {
            let text = visited_after(|data| {
                data.truncate(at);
                data.extend(announced);
            });
            assert_eq!(text.await, "unreadable None", "at byte {at}");
        }
    }
}

/// P2
#[actix_web::test]
async fn a_value_nested_too_deep_is_an_error_and_not_a_crash() {
    let wrong = told(ErrorKind::Type);
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        client.get(&format!("{place}/fill_deep")).send().await;
        assert_eq!(
            client.get(&format!("{place}/read_deep")).send().await.text(),
            format!("{wrong} fine"),
            "{place}"
        );
    }
}
