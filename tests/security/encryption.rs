//! Encrypted cookies, and what happens when there are no random bytes.

use std::sync::atomic::{AtomicBool, Ordering};

use sessions_runtime::testing::Client;
use sessions_runtime::{SessionError, Sessions};

use crate::app::{self, COOKIE, KINDS, sign_in, user};
use crate::base64;
use crate::support::site::{SECRET, Site, parts, secret};

const WORDS: [&str; 4] = ["very-private-value", "secret-entry", "flash-for-ada", "ada"];

/// The bytes of all cookies after some use.
async fn cookies(encrypt: bool) -> Vec<Vec<u8>> {
    let site = Site::with(|builder| builder.encrypt_cookies(encrypt), app::routes);
    let client = site.client();
    for path in [
        "/sealed/put/user/ada",
        "/sealed/put/secret-entry/very-private-value",
        "/sealed/flash/flash-for-ada",
        "/secure/invite/put/very-private-value",
    ] {
        client.get(path).send().await;
    }
    [COOKIE, "invite"]
        .map(|name| base64::decode(&client.cookie(name).expect(name)))
        .to_vec()
}

fn shows(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// S49, V35
/// The signed form shows all of it, so this test would see what the encrypted one let through.
#[actix_web::test]
async fn an_encrypted_cookie_shows_nothing_that_a_signed_one_shows() {
    let (signed, encrypted) = (cookies(false).await, cookies(true).await);
    assert!(
        WORDS
            .iter()
            .all(|word| signed.iter().any(|bytes| shows(bytes, word)))
    );
    for word in WORDS {
        assert!(!encrypted.iter().any(|bytes| shows(bytes, word)), "{word}");
    }
}

/// S49, V35
/// A block cipher without a mode would show where a value repeats; a nonce used twice, when two cookies are equal.
#[actix_web::test]
async fn equal_sessions_and_repeated_values_look_random() {
    let site = Site::with(|builder| builder.encrypt_cookies(true), app::routes);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let client = site.client();
        client.get("/sealed/fill/same/1000").send().await;
        let frame = base64::decode(&client.cookie(COOKIE).expect("a cookie"));
        for block in frame[5..].chunks_exact(16) {
            assert!(seen.insert(block.to_vec()), "a block appears twice");
        }
    }
}

/// S49
/// Turning encryption on signs nobody out, and what is replaced is encrypted; turning it off again neither.
#[actix_web::test]
async fn cookies_from_before_encryption_open_and_are_replaced() {
    for kind in KINDS {
        let (clock, memory, _, _) = parts();
        let application = |encrypt: bool| {
            let builder = Sessions::builder()
                .secret_key(secret(SECRET))
                .clock(clock.clone())
                .encrypt_cookies(encrypt);
            let builder = builder.backend("memory", memory.clone()).skip_verification();
            app::serve_with(builder.build().expect("fit settings"))
        };
        let (signing, encrypting) = (application(false), application(true));
        for (from, to, version) in [(&signing, &encrypting, 2), (&encrypting, &signing, 1)] {
            let before = sign_in(&Client::new(from).with_clock(clock.clone()), kind).await;
            let client = Client::new(to).with_clock(clock.clone());
            client.set_raw_cookie(COOKIE, &before);
            let reply = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!(reply.text(), "ada", "{kind}");
            let replaced = reply
                .set_cookie(COOKIE)
                .expect("sealed anew by the first answer")
                .value;
            assert_eq!(base64::decode(&replaced)[0], version, "{kind}");
            let again = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!(
                (again.text().as_str(), again.set_cookies().len()),
                ("ada", 0),
                "{kind}: once"
            );
        }
    }
}

static BROKEN: AtomicBool = AtomicBool::new(false);

/// A generator that works, or not, as the one test that uses it says.
fn unreliable(buffer: &mut [u8]) -> Result<(), SessionError> {
    if BROKEN.load(Ordering::SeqCst) {
        return Err(SessionError::backend("no entropy"));
    }
    for (place, byte) in buffer.iter_mut().enumerate() {
        *byte = u8::try_from(place).unwrap_or(7) ^ 0x5A;
    }
    Ok(())
}

/// S2, V24
/// No id, no nonce: an error and no cookie, never a weaker id. Who is signed in stays so.
#[actix_web::test]
async fn without_random_bytes_no_session_begins() {
    let site = Site::with(
        |builder| builder.entropy(unreliable).encrypt_cookies(true),
        app::routes,
    );
    let known = site.client();
    let value = sign_in(&known, "/kept").await;
    let records = site.memory.len();
    BROKEN.store(true, Ordering::SeqCst);
    let writing = [
        "/kept/put/user/eve",
        "/kept/flash/hello",
        "/sealed/put/user/eve",
        "/secure/invite/put/eve",
    ];
    for path in writing {
        let reply = site.client().get(path).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.body.len(), reply.set_cookies().len()),
            (500, 0, 0),
            "{path}"
        );
    }
    let reply = known.get("/kept/renew").send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.set_cookies().len()),
        (500, 0),
        "a renewal needs an id too"
    );
    assert_eq!(site.memory.len(), records);
    assert_eq!(user(&known, "/kept", format!("{COOKIE}={value}")).await, "ada");
    BROKEN.store(false, Ordering::SeqCst);
    assert_eq!(site.client().get("/sealed/put/user/eve").send().await.status, 200);
}
