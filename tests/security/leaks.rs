//! The log and the errors of a busy application, searched for what must never be in them.

use std::fmt::Write as _;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{SecretKey, Session, SessionError, with_sessions};

use crate::app::{self, COOKIE, KINDS};
use crate::base64;
use crate::support::logs;
use crate::support::site::{OTHER_SECRET, SECRET, Site, parts, secret};

const MARKERS: [&str; 5] = [
    "marked-value-81c2",
    "marked-flash-5d07",
    "marked-cookie-93fe",
    "marked-sealed-a4b6",
    "marked-user-0f3d",
];

async fn misuse(session: &Session, what: &str) -> Result<String, SessionError> {
    session.insert("name", "marked-value-81c2")?;
    match what {
        "type" => session.get::<u64>("name").map(|_| ())?,
        "tuple" => session.get::<(u8, u8)>("name").map(|_| ())?,
        "size" => session.insert("name", "marked-value-81c2".repeat(10_000))?,
        "panic" => panic!("a handler that panics, with changes pending"),
        "debug" => tracing::info!(?session, "the application's own line"),
        "closed" => drop(session.save().await),
        other => panic!("`{other}` is no misuse"),
    }
    Ok("used".to_owned())
}

#[with_sessions(default = "securecookie")]
#[get("/misuse/sealed/{what}")]
async fn misuse_sealed(session: &Session, what: web::Path<String>) -> Result<impl Responder, SessionError> {
    misuse(session, &what).await
}

#[with_sessions(default = "memory")]
#[get("/misuse/kept/{what}")]
async fn misuse_kept(session: &Session, what: web::Path<String>) -> Result<impl Responder, SessionError> {
    misuse(session, &what).await
}

#[with_sessions]
#[get("/misuse/store")]
async fn misuse_store() -> Result<impl Responder, SessionError> {
    tracing::info!(?session_store, config = ?session_store.config(), "the application's own line");
    session_store.set_cookie("plain", "marked-cookie-93fe")?;
    session_store.set_secure_cookie("sealed", "marked-sealed-a4b6")?;
    drop(session_store.get_secure_cookie::<u64>("sealed"));
    session_store.set_cookie("plain", "marked-cookie-93fe with a space")?;
    Ok("used")
}

/// S52, S57
/// Reads, writes, renewals, sign-outs, forgeries, outages, failures, panics, and everything printed for debugging.
#[actix_web::test]
async fn the_log_has_no_id_no_cookie_no_value_and_no_secret() {
    let logs = logs::capture();
    let mark = logs.mark();
    let site = Site::with(
        |builder| {
            let builder = builder.fallback_key(secret(OTHER_SECRET));
            tracing::info!(?builder, key = ?secret(SECRET), "the application's own line");
            builder
        },
        |app: &mut ServiceConfig| {
            app.service((misuse_sealed, misuse_kept, misuse_store));
            app::routes(app);
        },
    );
    let mut cookies: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    for kind in KINDS {
        let client = site.client();
        for path in [
            "put/user/marked-user-0f3d",
            "put/other/marked-value-81c2",
            "flash/marked-flash-5d07",
            "flashes",
            "renew",
            "get/user",
            "clear",
            "put/user/marked-user-0f3d",
            "destroy",
            "get/user",
            "put/user/marked-user-0f3d",
            "remember",
        ] {
            cookies.extend(client.cookie(COOKIE));
            let reply = client.get(&format!("{kind}/{path}")).send().await;
            cookies.extend(reply.set_cookies().into_iter().map(|cookie| cookie.value));
            keys.extend(site.memory.dump().into_iter().map(|(key, _)| key.to_text()));
        }
        for what in ["type", "tuple", "size", "panic", "debug", "closed"] {
            let reply = client.get(&format!("/misuse{kind}/{what}")).try_send().await;
            assert_eq!(reply.is_err(), what == "panic", "{kind}: {what}");
        }
        for value in &cookies {
            client
                .get(&format!("{kind}/get/user"))
                .cookie_header(format!("{COOKIE}={value}"))
                .send()
                .await;
            client
                .get(&format!("{kind}/get/user"))
                .cookie_header(format!("{COOKIE}={value}x"))
                .send()
                .await;
        }
        client.get("/misuse/store").send().await;
        for (operation, path) in [
            (Operation::Load, "get/user"),
            (Operation::Replace, "put/user/x"),
            (Operation::Create, "renew"),
        ] {
            site.backend.fail_next(operation, Failure::Before);
            client.get(&format!("/kept/{path}")).send().await;
        }
        site.backend.set_down(true);
        client.get("/kept/destroy").send().await;
        site.backend.set_down(false);
        cookies.extend(client.cookie(COOKIE));
    }
    cookies.retain(|value| !value.is_empty());
    cookies.sort();
    cookies.dedup();
    assert!(cookies.len() > 6 && keys.len() > 6);

    let log = logs.since(mark);
    assert!(
        log.contains("sessions of a request") && log.contains("cannot be loaded"),
        "it is the log of all that"
    );
    for marker in MARKERS {
        assert!(!log.contains(marker), "{marker}: {:?}", logs.lines(mark, marker));
    }
    for value in &cookies {
        // Also no part of one, as letters or as the bytes behind them.
        let bytes = base64::decode(value);
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes every text");
            hex
        });
        for part in [&value[20..36], &value[value.len() - 16..], &hex[30..46]] {
            assert!(
                !log.contains(part),
                "a cookie is in the log: {:?}",
                logs.lines(mark, part)
            );
        }
        // As a debugger prints bytes: an id begins at the fifteenth.
        let printed = format!("{:?}", &bytes[15..31]);
        assert!(
            !log.contains(printed.trim_matches(['[', ']'])),
            "a cookie's bytes are in the log"
        );
    }
    for key in &keys {
        assert!(!log.contains(&key[..12]), "a store key is in the log");
    }
    for bytes in [SECRET, OTHER_SECRET] {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !log.contains(&text[..8]) && !log.contains(&format!("{bytes:?}")),
            "a secret is in the log"
        );
    }
}

/// S43, S51, S52, V10, V11
/// Nothing starts without a fit secret, and what refuses it does not repeat it.
#[test]
fn unfit_secrets_stop_the_start_and_are_not_repeated() {
    for unfit in [
        &b""[..],
        b"changeme-changeme",
        b"0123456789abcdef0123456789abcde",
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"my very secret key, please change me!!",
        b"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        b"thisismyscretkey-thisismyscretkey",
    ] {
        let err = SecretKey::from_bytes(unfit).expect_err("an unfit secret");
        let said = format!("{err} {err:?}");
        assert!(said.contains("openssl rand -base64 48"), "{said}");
        let text = String::from_utf8_lossy(unfit);
        assert!(text.is_empty() || !said.contains(&*text), "{said}");
    }
    assert!(
        sessions_runtime::Sessions::builder()
            .build()
            .is_err_and(|err| err.is_configuration())
    );
    let shown = format!(
        "{:?} {:?}",
        secret(SECRET),
        parts().3.build().expect("fit settings")
    );
    assert!(
        !shown.contains(&*String::from_utf8_lossy(&SECRET[..6])),
        "{shown}"
    );
}
