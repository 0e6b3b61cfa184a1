//! Ids of sessions on a server: random, opaque, unknown to the store, never taken from outside.

use std::collections::HashSet;

use sessions_runtime::testing::Operation;

use crate::app::{self, COOKIE, repeated, sign_in, user};
use crate::base64;
use crate::support::site::Site;

/// Version, key id and times come before an id in its cookie; the MAC comes after it.
const HEAD: usize = 15;
const TAG: usize = 32;

fn id(value: &str) -> Vec<u8> {
    let frame = base64::decode(value);
    frame[HEAD..frame.len() - TAG].to_vec()
}

/// S1, V24, T50
#[actix_web::test]
async fn ids_in_cookies_are_256_bits_that_vary_and_never_repeat() {
    let site = app::site();
    let mut seen = HashSet::new();
    let (mut ones, mut zeros) = ([0_u8; 32], [0_u8; 32]);
    for _ in 0..200 {
        let id = id(&sign_in(&site.client(), "/kept").await);
        assert_eq!(id.len(), 32);
        for (place, byte) in id.iter().enumerate() {
            ones[place] |= byte;
            zeros[place] |= !byte;
        }
        assert!(seen.insert(id));
    }
    assert_eq!(
        (ones, zeros),
        ([255; 32], [255; 32]),
        "each bit was seen set and unset"
    );
}

/// S3
#[actix_web::test]
async fn a_cookie_with_an_id_says_nothing_about_the_session() {
    let site = app::site();
    let client = site.client();
    let empty = sign_in(&client, "/kept").await;
    client.get("/kept/put/marker/very-private-text").send().await;
    client.get("/kept/fill/large/20000").send().await;
    let full = site.client();
    full.get("/kept/fill/large/30000").send().await;
    let full = full.cookie(COOKIE).expect("a cookie");
    assert_eq!(empty.len(), full.len(), "not even its size");
    for value in [empty, full] {
        let frame = base64::decode(&value);
        for text in ["ada", "user", "large", "memory", "very-private", "###"] {
            assert!(
                !frame.windows(text.len()).any(|window| window == text.as_bytes()),
                "{text}"
            );
        }
    }
}

/// S6, V14, T51
/// A thousand: too short, too long, other alphabets, control letters spelled out, genuine ones with a letter more.
#[actix_web::test]
async fn malformed_ids_never_reach_the_backend() {
    let site = app::site();
    let client = site.client();
    let genuine = sign_in(&client, "/kept").await;
    site.backend.take_operations();
    let mut malformed: Vec<String> = [
        "",
        " ",
        "%00",
        "%0A",
        "0",
        "12345678",
        "../../etc/passwd",
        "' OR 1=1 --",
        "null",
    ]
    .map(str::to_owned)
    .to_vec();
    malformed.extend(["\\n", "%0A", ".", "=", "A"].map(|end| format!("{genuine}{end}")));
    malformed.push(base64::encode(&id(&genuine)));
    malformed.push("x".repeat(10_000));
    malformed.extend((0..500).map(|length| "A".repeat(length)));
    malformed.extend((0..500).map(|length| base64::encode(&vec![1; length])));
    malformed.retain(|value| *value != genuine);
    assert!(malformed.len() > 1_000);
    for values in malformed.chunks(5) {
        let reply = client
            .get("/kept/get/user")
            .cookie_header(repeated(COOKIE, values))
            .send()
            .await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "nobody"));
    }
    assert!(site.backend.operations().is_empty());
    assert_eq!(user(&client, "/kept", format!("{COOKIE}={genuine}")).await, "ada");
    assert_eq!(
        site.backend.operations(),
        [Operation::Load, Operation::Touch][..1]
    );
}

/// S7, V31
/// Ids that never existed here, or no longer do: expired, ended, renewed, lost with the store.
#[actix_web::test]
async fn an_id_the_store_does_not_know_is_never_adopted() {
    let settings = |builder: sessions_runtime::SessionsBuilder| {
        builder.session_max_age(std::time::Duration::from_secs(1_000))
    };
    let site = Site::with(settings, app::routes);
    let elsewhere = Site::with(settings, app::routes);
    let expired = sign_in(&site.client(), "/kept").await;
    site.later(1_001);
    elsewhere.later(1_001);
    let lost = sign_in(&elsewhere.client(), "/kept").await;
    let client = site.client();
    let ended = sign_in(&client, "/kept").await;
    client.get("/kept/destroy").send().await;
    let client = site.client();
    let renewed = sign_in(&client, "/kept").await;
    client.get("/kept/renew").send().await;
    let before = site.memory.len();
    for (what, value) in [
        ("expired", expired),
        ("lost", lost),
        ("ended", ended),
        ("renewed", renewed),
    ] {
        let thief = site.client();
        thief.set_raw_cookie(COOKIE, &value);
        assert_eq!(
            thief.get("/kept/get/user").send().await.text(),
            "nobody",
            "{what}"
        );
        let reply = thief.get("/kept/put/user/eve").send().await;
        let fresh = reply.set_cookie(COOKIE).expect("a new id").value;
        assert_ne!(id(&fresh), id(&value), "{what}");
        assert_eq!(
            user(&site.client(), "/kept", format!("{COOKIE}={value}")).await,
            "nobody",
            "{what}: still dead"
        );
        assert_eq!(
            user(&site.client(), "/kept", format!("{COOKIE}={fresh}")).await,
            "eve",
            "{what}"
        );
    }
    assert_eq!(site.memory.len(), before + 4);
}

/// S8, V2
#[actix_web::test]
async fn nothing_in_the_store_works_as_a_cookie() {
    let site = app::site();
    let client = site.client();
    let value = sign_in(&client, "/kept").await;
    client.get("/kept/renew").send().await;
    let renewed = client.cookie(COOKIE).expect("a cookie");
    let dump = site.memory.dump();
    assert_eq!(dump.len(), 2, "the session, and the trace of its old id");
    for (key, record) in dump {
        let mut stolen = vec![
            key.as_bytes().to_vec(),
            key.to_text().into_bytes(),
            record.data.to_vec(),
        ];
        stolen.extend(record.data.windows(32).map(<[u8]>::to_vec));
        for bytes in &stolen {
            for genuine in [&value, &renewed] {
                assert!(
                    !bytes.windows(32).any(|window| window == id(genuine)),
                    "an id is in the store"
                );
                assert!(
                    !bytes
                        .windows(genuine.len())
                        .any(|window| window == genuine.as_bytes())
                );
            }
        }
        for bytes in stolen {
            let mut framed = base64::decode(&renewed);
            framed.splice(HEAD..HEAD + 32, bytes.iter().copied());
            let values = [base64::encode(&bytes), base64::encode(&framed)];
            assert_eq!(
                user(&site.client(), "/kept", repeated(COOKIE, values)).await,
                "nobody"
            );
        }
    }
}
