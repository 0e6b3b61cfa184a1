//! What a client gets whose cookie is refused: a normal page, and the same one for every reason.

use std::time::Duration;

use crate::app::{self, COOKIE, KINDS, sign_in, visible};
use crate::base64;
use crate::support::site::{OTHER_SECRET, SECRET, Site, secret};

/// S47, S48, V14, V21, V33
/// Ten hostile bytes, ten thousand, and everything between: an answer, at once, with nothing allocated on their word.
#[actix_web::test]
async fn hostile_cookies_of_every_length_get_a_normal_page() {
    let site = app::site();
    let client = site.client();
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(seed >> 56).expect("eight bits")
    };
    let mut hostile: Vec<String> = Vec::new();
    for length in (0..120).chain([500, 1_000, 4_096, 7_000, 10_000]) {
        hostile.push(base64::encode(
            &(0..length).map(|_| random()).collect::<Vec<u8>>(),
        ));
        // A valid version and lengths that promise gigabytes.
        hostile.push(base64::encode(
            &[&[1, 2][usize::from(length % 2 == 0)..][..1], &vec![255; length]].concat(),
        ));
    }
    for value in hostile {
        for path in [
            "/sealed/flashes",
            "/kept/flashes",
            "/sealed/get/user",
            "/kept/get/user",
        ] {
            let reply = client
                .get(path)
                .cookie_header(format!("{COOKIE}={value}"))
                .send()
                .await;
            assert_eq!(reply.status, 200, "{path}: {} letters", value.len());
            assert!(reply.set_cookies().is_empty(), "{path}");
        }
    }
    assert!(site.backend.operations().is_empty(), "none of it was an id");
}

/// S53, V33
/// Forged, malformed, expired, from another application, of another session, unknown to the store, or none at all.
#[actix_web::test]
async fn every_refusal_looks_the_same() {
    let site = Site::with(
        |builder| builder.session_max_age(Duration::from_secs(100)),
        app::routes,
    );
    let elsewhere = Site::with(|builder| builder.secret_key(secret(OTHER_SECRET)), app::routes);
    assert_ne!(SECRET, OTHER_SECRET);
    for kind in KINDS {
        let client = site.client();
        let expired = sign_in(&client, kind).await;
        site.later(101);
        let ended = {
            let client = site.client();
            let value = sign_in(&client, kind).await;
            client.get(&format!("{kind}/destroy")).send().await;
            value
        };
        let mut forged = ended.clone();
        forged.replace_range(20..24, "AAAA");
        let foreign = sign_in(&elsewhere.client(), kind).await;
        let mut answers = vec![visible(
            &client.get(&format!("{kind}/get/user")).no_cookies().send().await,
        )];
        let ended = if kind == "/kept" { ended } else { forged.clone() };
        for value in [expired, ended, forged, foreign, String::new(), "x".repeat(9_000)] {
            let reply = client
                .get(&format!("{kind}/get/user"))
                .cookie_header(format!("{COOKIE}={value}"))
                .send()
                .await;
            answers.push(visible(&reply));
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{kind}: {answers:#?}"
        );
        assert!(
            answers[0].starts_with("200") && answers[0].ends_with("nobody"),
            "{}",
            answers[0]
        );
    }
}
