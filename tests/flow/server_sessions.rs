//! What a server holds, what its sessions' cookies hold, and what happens when it is down or too small.

use actix_web::{get, web};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{ErrorKind, Session, SessionError, SessionStore, with_sessions};

use crate::places::{COOKIE, PLACES, kind, on_both_places, told};
use crate::support::logs;
use crate::support::site::Site;

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    let (verb, size) = step.split_once('-').unwrap_or((step, "0"));
    Ok(match verb {
        "fill" => {
            session.insert("marker", "secretmarkervalue")?;
            session.is_new().to_string()
        }
        "grow" => {
            session.insert("bulky_entry", "x".repeat(size.parse().unwrap_or_default()))?;
            "grown".to_owned()
        }
        "grow_and_save" => {
            session.insert("bulky_entry", "x".repeat(size.parse().unwrap_or_default()))?;
            let saved = kind(session.save().await);
            session.remove("bulky_entry");
            saved
        }
        _ => format!("{} {}", session.origin(), session.len()),
    })
}

#[with_sessions(default = "memory", name = "outage_empty", on_outage = "empty")]
#[get("/empty/{step}")]
async fn empty_on_outage(step: web::Path<String>) -> Result<String, SessionError> {
    Ok(match step.as_str() {
        "write" => kind(session.insert("number", 1)),
        "take" => format!("{}", session.take_flashes().await?.len()),
        _ => format!("{} {} {}", session.origin(), session.is_new(), session.len()),
    })
}

/// T48, T61
#[actix_web::test]
async fn a_server_session_s_cookie_reveals_nothing_and_the_server_holds_no_cookie() {
    let site = site_with(|builder| builder);
    let client = site.client();
    client.get("/kept/fill").send().await;
    let cookie = client.cookie(COOKIE).expect("a cookie");
    let opened = base64_url(&cookie);
    assert!(!contains(&opened, b"marker"), "the cookie holds an id only");
    // The sealed one is readable by its owner, as documented: the check above is able to fail.
    let sealed = site.client();
    sealed.get("/sealed/fill").send().await;
    assert!(contains(
        &base64_url(&sealed.cookie(COOKIE).expect("a cookie")),
        b"secretmarkervalue"
    ));
    let dump = site.memory.dump();
    assert_eq!(dump.len(), 1);
    for (key, record) in dump {
        assert!(!contains(&opened, key.as_bytes()), "the key is not in the cookie");
        assert!(!cookie.contains(&key.to_text()) && !contains(&record.data, cookie.as_bytes()));
    }
}

/// T61, T58
#[actix_web::test]
async fn applications_on_one_server_have_keys_of_their_own() {
    let keys = async |namespace: &'static str| {
        let site = site_with(|builder| builder.namespace(namespace));
        let client = site.client();
        client.get("/kept/fill").send().await;
        (
            client.cookie(COOKIE),
            site.memory
                .dump()
                .into_iter()
                .map(|(key, _)| key)
                .collect::<Vec<_>>(),
        )
    };
    let (cookie, key) = keys("shop").await;
    let other = site_with(|builder| builder.namespace("blog"));
    let client = other.client();
    client.set_raw_cookie(COOKIE, &cookie.expect("a cookie"));
    let pause = other.backend.operations().len();
    assert_eq!(client.get("/kept/show").send().await.text(), "unknown 0");
    assert_eq!((pause, key.len()), (0, 1));
}

/// T63
#[actix_web::test]
async fn a_new_session_gets_its_id_when_it_is_first_saved() {
    let site = site_with(|builder| builder);
    let client = site.client();
    assert_eq!(client.get("/kept/show").send().await.text(), "no cookie 0");
    assert!(site.memory.is_empty() && client.cookie(COOKIE).is_none());
    assert_eq!(client.get("/kept/fill").send().await.text(), "true");
    assert_eq!(site.memory.len(), 1);
    assert_eq!(client.get("/kept/fill").send().await.text(), "false");
    assert_eq!(site.memory.len(), 1);
}

/// T64
#[actix_web::test]
async fn an_outage_is_a_503_that_tells_nothing_and_touches_no_cookie() {
    let logs = logs::capture();
    let site = site_with(|builder| builder);
    let client = site.client();
    client.get("/kept/fill").send().await;
    let before = client.cookie(COOKIE);
    let mark = logs.mark();
    site.backend.set_down(true);
    let reply = client.get("/kept/show").send().await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (503, ""));
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(site.client().get("/kept/fill").send().await.status, 503);
    assert!(
        !logs.lines(mark, "a scripted failure").is_empty(),
        "the log has the cause"
    );
    site.backend.set_down(false);
    assert_eq!(client.get("/kept/show").send().await.text(), "loaded 1");
    assert_eq!(client.cookie(COOKIE), before);
    site.backend.fail_next(Operation::Load, Failure::Busy);
    assert_eq!(client.get("/kept/show").send().await.status, 503);
}

/// T64
#[actix_web::test]
async fn an_outage_may_be_an_empty_session_that_cannot_be_written() {
    let site = Site::new(|app| {
        app.service(empty_on_outage);
    });
    let client = site.client();
    assert_eq!(client.get("/empty/write").send().await.text(), "fine");
    site.backend.set_down(true);
    assert_eq!(
        client.get("/empty/show").send().await.text(),
        "unavailable true 0"
    );
    assert_eq!(client.get("/empty/take").send().await.text(), "0");
    let reply = client.get("/empty/write").send().await;
    assert_eq!(reply.text(), told(ErrorKind::ReadOnly));
    assert!(reply.set_cookies().is_empty());
    site.backend.set_down(false);
    assert_eq!(client.get("/empty/show").send().await.text(), "loaded false 1");
}

/// T37
#[actix_web::test]
async fn what_does_not_fit_is_a_typed_error_that_names_entries_and_sizes() {
    let logs = logs::capture();
    for (place, fits, too_large) in [("/sealed", 2_800, 3_100), ("/kept", 60_000, 66_000)] {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        assert_eq!(
            client.get(&format!("{place}/grow-{fits}")).send().await.status,
            200,
            "{place}"
        );
        let before = client.cookie(COOKIE);
        let mark = logs.mark();
        let reply = client.get(&format!("{place}/grow-{too_large}")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (500, ""),
            "{place}"
        );
        assert!(reply.set_cookies().is_empty(), "{place}");
        let lines = logs.lines(mark, "bulky_entry");
        assert!(
            lines.iter().any(|line| line.contains(" bytes")),
            "{place}: {lines:?}"
        );
        assert!(
            lines
                .iter()
                .all(|line| !line.contains("xxx") && !line.contains("secretmarkervalue")),
            "{place}"
        );
        assert_eq!(client.cookie(COOKIE), before, "{place}");
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            "loaded 2",
            "{place}"
        );
        let reply = client
            .get(&format!("{place}/grow_and_save-{too_large}"))
            .send()
            .await;
        assert_eq!(reply.text(), told(ErrorKind::TooLarge), "{place}");
    }
    for place in PLACES {
        let small = site_with(|builder| builder.max_record_size(500));
        let expected = if place == "/kept" { 500 } else { 200 };
        let reply = small.client().get(&format!("{place}/grow-600")).send().await;
        assert_eq!(reply.status.as_u16(), expected, "{place}");
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The bytes behind an unpadded base64url text.
fn base64_url(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = text
        .bytes()
        .filter_map(|byte| ALPHABET.iter().position(|letter| *letter == byte));
    let bits: Vec<bool> = digits
        .flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1))
        .collect();
    bits.chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit)))
        .collect()
}
