//! What is too large: refused with the names of what takes the room, and nothing half sent.

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Operation;
use sessions_runtime::{ErrorKind, Flash, Session, SessionError, with_sessions};

use crate::app::{self, COOKIE};
use crate::support::logs;
use crate::support::site::Site;

/// What RFC 6265bis lets browsers ignore beyond.
const LINE: usize = 4_096;

/// The longest line a session in a cookie is sent with, and the length of the value it then holds.
async fn longest(site: &Site, path: &str) -> (usize, usize) {
    let (mut fits, mut fails) = (0, LINE);
    while fails - fits > 1 {
        let length = usize::midpoint(fits, fails);
        let reply = site.client().get(&format!("{path}/{length}")).send().await;
        match reply.status.as_u16() {
            200 => fits = length,
            _ => fails = length,
        }
    }
    let reply = site.client().get(&format!("{path}/{fits}")).send().await;
    (reply.headers.get("set-cookie").expect("a line").len(), fits)
}

/// S29
/// The limit is the whole line: longer attributes leave less for the session, and no line gets longer.
#[actix_web::test]
async fn a_cookie_s_whole_line_stays_within_what_browsers_keep() {
    for encrypt in [false, true] {
        let usual = Site::with(|builder| builder.encrypt_cookies(encrypt), app::routes);
        let path = format!("/sealed/{}", "p".repeat(900));
        let long_path = Site::with(
            |builder| {
                builder
                    .encrypt_cookies(encrypt)
                    .session("session", |session| session.path(path))
            },
            app::routes,
        );
        let (line, held) = longest(&usual, "/sealed/fill/blob").await;
        let (longer_line, held_beside_path) = longest(&long_path, "/sealed/fill/blob").await;
        // A step of base64, or of the padding of encrypted values.
        let step = if encrypt { 90 } else { 4 };
        for line in [line, longer_line] {
            assert!(line <= LINE && line + step > LINE, "{line} bytes");
        }
        assert!(held > held_beside_path + 500, "{held}, {held_beside_path}");
    }
}

/// S29
#[actix_web::test]
async fn a_cookie_that_is_too_large_is_an_error_with_the_names_of_its_entries() {
    let logs = logs::capture();
    let site = app::site();
    let client = site.client();
    client.get("/sealed/put/small_entry/x").send().await;
    let before = client.cookie(COOKIE);
    let mark = logs.mark();
    let reply = client.get("/sealed/fill/huge_entry/4100").send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.body.len(), reply.set_cookies().len()),
        (500, 0, 0)
    );
    assert_eq!(client.cookie(COOKIE), before, "what was there before stays");
    let lines = logs.lines(mark, "huge_entry");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ERROR") && line.contains("small_entry") && line.contains("4096")),
        "{lines:?}"
    );
    assert!(
        lines.iter().all(|line| !line.contains("####")),
        "names and sizes, no values"
    );
}

/// S29
#[actix_web::test]
async fn a_record_that_is_too_large_is_an_error_with_the_names_of_its_entries() {
    let logs = logs::capture();
    let site = Site::with(|builder| builder.max_record_size(10_000), app::routes);
    let client = site.client();
    client.get("/kept/put/tiny_entry/x").send().await;
    let mark = logs.mark();
    let reply = client.get("/kept/fill/vast_entry/10000").send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.body.len(), reply.set_cookies().len()),
        (500, 0, 0)
    );
    assert_eq!(
        client.get("/kept/get/tiny_entry").send().await.text(),
        "x",
        "what was there before stays"
    );
    assert_eq!(client.get("/kept/get/vast_entry").send().await.text(), "nobody");
    let text = logs.since(mark);
    assert!(
        ["vast_entry", "tiny_entry", "10000"]
            .iter()
            .all(|word| text.contains(word)),
        "{text}"
    );
    assert!(!text.contains("####"), "names and sizes, no values");
    assert_eq!(client.get("/kept/fill/vast_entry/9000").send().await.status, 200);
}

/// Two sessions and a cookie, of which one session does not fit.
#[with_sessions]
#[get("/half/{sealed}/{kept}")]
async fn half(path: web::Path<(usize, usize)>) -> Result<impl Responder, SessionError> {
    let (sealed, kept) = path.into_inner();
    let one = session_store.get_session("one").backend("securecookie").await?;
    let two = session_store.get_session("two").backend("memory").await?;
    let three = session_store.get_session("three").backend("memory").await?;
    one.insert("blob", "#".repeat(sealed))?;
    two.insert("blob", "#".repeat(kept))?;
    three.insert("seen", true)?;
    session_store.set_cookie("last", "half")?;
    Ok("saved")
}

/// S29, S27
/// Whichever of several sessions is too large: no cookie of any of them, and no record that nobody can reach.
#[actix_web::test]
async fn of_a_failed_save_nothing_is_sent_and_nothing_kept() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(half);
    });
    for (sealed, kept) in [(5_000, 1), (1, 100_000), (5_000, 100_000)] {
        let client = site.client();
        site.backend.take_operations();
        let reply = client.get(&format!("/half/{sealed}/{kept}")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.set_cookies().len()),
            (500, 0),
            "{sealed} {kept}"
        );
        assert!(site.memory.is_empty(), "{sealed} {kept}");
        if sealed > 1 {
            assert!(
                !site.backend.take_operations().contains(&Operation::Create),
                "the cookie is checked first"
            );
        }
    }
    let reply = site.client().get("/half/1000/1000").send().await;
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.set_cookies().len(),
            site.memory.len()
        ),
        (200, 4, 2)
    );
}

#[with_sessions]
#[get("/many/{count}/{size}")]
async fn many(path: web::Path<(usize, usize)>) -> Result<impl Responder, SessionError> {
    let (count, size) = path.into_inner();
    for number in 0..count {
        let session = session_store
            .get_session(&format!("many{number}"))
            .backend("securecookie")
            .await?;
        session.insert("blob", "#".repeat(size))?;
    }
    Ok("saved")
}

/// S30
/// Proxies and servers commonly take 8 KB of cookies, and answer 400 to every request of a visitor who has more.
#[actix_web::test]
async fn all_cookies_of_an_answer_together_are_bounded() {
    let logs = logs::capture();
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(many);
    });
    for (count, size, fits) in [
        (1, 2_800, true),
        (2, 2_800, true),
        (3, 2_800, false),
        (10, 300, true),
        (40, 300, false),
    ] {
        let mark = logs.mark();
        let client = site.client();
        let reply = client.get(&format!("/many/{count}/{size}")).send().await;
        let sent = reply.set_cookies().len();
        if fits {
            assert_eq!((reply.status.as_u16(), sent), (200, count), "{count} of {size}");
            assert!(client.cookie_header("/").expect("cookies").len() <= 8_192);
        } else {
            assert_eq!((reply.status.as_u16(), sent), (500, 0), "{count} of {size}");
            assert!(
                logs.lines(mark, "cookies of one answer")
                    .iter()
                    .any(|line| line.contains("8192")),
                "the log says why"
            );
        }
    }
}

/// Three cookies of the application, two of which come back with 2,732 bytes each.
#[with_sessions]
#[get("/three/{length}")]
async fn just_fits(length: web::Path<usize>) -> Result<impl Responder, SessionError> {
    session_store.set_cookie("a", &"v".repeat(2_728))?;
    session_store.set_cookie("b", &"v".repeat(2_728))?;
    session_store.set_cookie("c", &"v".repeat(*length))?;
    Ok("three")
}

/// S30
/// The bound is that of the header they come back in, to the byte: `a=v; b=v`, with two bytes behind the last one, too.
#[actix_web::test]
async fn cookies_that_just_fit_together_are_sent() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(just_fits);
    });
    for (length, status, sent) in [(2_724, 200, 3), (2_725, 500, 0)] {
        let reply = site.client().get(&format!("/three/{length}")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.set_cookies().len()),
            (status, sent),
            "{length}"
        );
    }
}

/// Takes 9 bytes as a text, and 9 as a value.
#[derive(Flash, Serialize, Deserialize)]
#[flash(text = "nine byte")]
struct Nine {
    number: u8,
}

/// A message beside an entry that is too large.
#[with_sessions]
#[get("/message-and-entry")]
async fn message_and_entry() -> Result<impl Responder, SessionError> {
    session.add_flash(Nine { number: 7 })?;
    session.insert("huge_beside_a_message", "#".repeat(4_100))?;
    Ok("too much")
}

/// S29
/// What waits takes room as well; where nothing waits, nothing is said of it.
#[actix_web::test]
async fn the_error_counts_what_waits_to_be_shown() {
    let logs = logs::capture();
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(message_and_entry);
        app::routes(app);
    });
    for (path, entry, says) in [
        ("/message-and-entry", "huge_beside_a_message", true),
        (
            "/sealed/fill/huge_without_a_message/4100",
            "huge_without_a_message",
            false,
        ),
    ] {
        let mark = logs.mark();
        assert_eq!(site.client().get(path).send().await.status, 500);
        let lines = logs.lines(mark, entry).join("\n");
        assert!(lines.contains(entry), "{lines}");
        assert_eq!(lines.contains("flash messages 18 bytes"), says, "{lines}");
        assert_eq!(lines.contains("flash messages"), says, "{lines}");
    }
}

/// What a handler gets that sets cookies of its own which no browser would keep.
#[with_sessions]
#[get("/own/{length}")]
async fn own(length: web::Path<usize>) -> impl Responder {
    let text = "v".repeat(*length);
    let refusals = [
        session_store.set_cookie("plain", &text),
        session_store.set_secure_cookie("sealed", &text),
        session_store.set_json_cookie("json", &text),
        session_store.set_cookie_with("path", "v", |args| args.path(format!("/{text}"))),
    ];
    refusals
        .map(|result| result.map_or_else(|err| format!("{:?}", err.kind()), |()| "ok".to_owned()))
        .join(" ")
}

/// S29, V22
#[actix_web::test]
async fn cookies_of_the_application_have_the_same_limits() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(own);
    });
    let reply = site.client().get("/own/1000").send().await;
    assert_eq!(
        (reply.text().as_str(), reply.set_cookies().len()),
        ("ok ok ok ok", 4)
    );
    let reply = site.client().get("/own/4000").send().await;
    assert_eq!(reply.text(), "ok TooLarge ok InvalidCookie");
    let reply = site.client().get("/own/100000").send().await;
    assert_eq!(
        (reply.text().as_str(), reply.set_cookies().len()),
        ("TooLarge TooLarge TooLarge InvalidCookie", 0)
    );
}

fn flood(session: &Session) -> Result<String, SessionError> {
    let long = session.add_flash("#".repeat(4_097)).map_err(|err| err.kind());
    assert_eq!(long, Err(ErrorKind::TooLarge));
    let mut added = 0;
    while added < 1_000 && session.add_flash("#").is_ok() {
        added += 1;
    }
    Ok(format!("{added} waiting {}", session.peek_flashes()?.len()))
}

#[with_sessions(default = "securecookie")]
#[get("/flood/sealed")]
async fn flood_sealed(session: &Session) -> Result<impl Responder, SessionError> {
    flood(session)
}

#[with_sessions(default = "memory")]
#[get("/flood/kept")]
async fn flood_kept(session: &Session) -> Result<impl Responder, SessionError> {
    flood(session)
}

/// S48, V21
#[actix_web::test]
async fn flash_messages_are_bounded_in_number_and_size() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service((flood_sealed, flood_kept));
    });
    for kind in app::KINDS {
        let client = site.client();
        assert_eq!(
            client.get(&format!("/flood{kind}")).send().await.text(),
            "64 waiting 64",
            "{kind}"
        );
        assert_eq!(
            client.get(&format!("/flood{kind}")).send().await.text(),
            "0 waiting 64",
            "{kind}: no more the next time"
        );
    }
}
