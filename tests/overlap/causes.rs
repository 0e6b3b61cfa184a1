//! Why a session is empty, or cannot be saved: a type for each reason, and a word for each in the log.

use actix_web::{get, web};
use sessions_runtime::testing::{Client, Failure, Operation};
use sessions_runtime::{ErrorKind, Origin, SessionError, with_sessions};

use crate::support::logs;
use crate::support::site::Site;

const COOKIE: &str = "__Host-why";

/// What a handler can match on where its session is empty.
#[with_sessions]
#[session(name = "why", backend = "memory", on_outage = "empty")]
#[get("/why")]
async fn empty() -> &'static str {
    match why.origin() {
        Origin::Loaded => "loaded",
        Origin::NoCookie => "a first visit",
        Origin::Unknown => "signed out, renewed or evicted",
        Origin::Expired => "too old",
        Origin::Forged => "not ours",
        Origin::Malformed => "noise",
        Origin::Unavailable => "the store is out",
        _ => "something else",
    }
}

/// What it can match on where a save fails.
#[with_sessions]
#[session(name = "why", backend = "memory")]
#[get("/fill/{bytes}")]
async fn fill(bytes: web::Path<usize>) -> Result<&'static str, SessionError> {
    why.insert("filling", "x".repeat(*bytes))?;
    Ok(match why.save().await.map_err(|err| err.kind()) {
        Ok(()) => "saved",
        Err(ErrorKind::TooLarge) => {
            why.remove("filling");
            "too large"
        }
        Err(ErrorKind::Unavailable) => "the store is out",
        Err(ErrorKind::Busy) => "the store is busy",
        Err(ErrorKind::Gone) => "ended meanwhile",
        Err(_) => "something else",
    })
}

/// R2
#[actix_web::test]
async fn each_reason_is_a_type_of_its_own_and_a_word_of_its_own_in_the_log() {
    let log = logs::capture();
    let site = Site::new(|app| {
        app.service((empty, fill));
    });
    let visitor = async || {
        let client = site.client();
        assert_eq!(client.get("/fill/10").send().await.text(), "saved");
        client
    };
    // The name is this test's own in a log that all tests write.
    let logged = |mark, word: &str| {
        let lines = log.lines(mark, "why");
        assert!(lines.iter().any(|line| line.contains(word)), "{word}: {lines:?}");
    };
    let why = async |client: &Client, told: &str, word: &str| {
        let mark = log.mark();
        assert_eq!(client.get("/why").send().await.text(), told);
        logged(mark, word);
    };
    let client = visitor().await;
    why(&client, "loaded", "loaded").await;
    why(&site.client(), "a first visit", "no cookie").await;
    let value = client.cookie(COOKIE).expect("a session");
    let changed = if &value[40..41] == "A" { "B" } else { "A" };
    let forger = client.fork();
    forger.set_raw_cookie(COOKIE, &format!("{}{changed}{}", &value[..40], &value[41..]));
    why(&forger, "not ours", "forged").await;
    forger.set_raw_cookie(COOKIE, "%%%");
    why(&forger, "noise", "malformed").await;
    site.backend.fail_next(Operation::Load, Failure::Before);
    why(&client, "the store is out", "unavailable").await;
    // The record goes, as by another process; its cookie stays.
    site.later(15 * 86_400);
    why(&client, "signed out, renewed or evicted", "unknown").await;
    site.later(16 * 86_400);
    let line = format!("{COOKIE}={value}");
    let mark = log.mark();
    let reply = client.get("/why").cookie_header(&line).send().await;
    assert_eq!(reply.text(), "too old");
    logged(mark, "expired");

    let client = visitor().await;
    assert_eq!(client.get("/fill/100000").send().await.text(), "too large");
    for (failure, told, status) in [
        (Failure::Before, "the store is out", 503),
        (Failure::Busy, "the store is busy", 200),
    ] {
        let (client, mark) = (visitor().await, log.mark());
        site.backend.fail_next(Operation::Replace, failure);
        let reply = client.get("/fill/20").send().await;
        assert_eq!(reply.status, status, "{told}");
        if status == 200 {
            assert_eq!(reply.text(), told);
        } else {
            logged(mark, "failed");
        }
    }
}
