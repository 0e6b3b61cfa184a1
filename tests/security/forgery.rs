//! Cookies that this application did not write, over HTTP: flipped, cut, unsigned, from elsewhere.

use sessions_runtime::testing::Client;

use crate::app::{self, COOKIE, KINDS, repeated, sign_in, user};
use crate::base64;
use crate::support::site::{OTHER_SECRET, Site, secret};

/// Every kind of cookie that is sealed: its name, where it is set, and where it is read.
const COOKIES: [(&str, &str, &str); 3] = [
    (COOKIE, "/sealed/put/user/ada", "/sealed/get/user"),
    (COOKIE, "/kept/put/user/ada", "/kept/get/user"),
    ("invite", "/secure/invite/put/ada", "/secure/invite/get"),
];
const TAG: usize = 32;

/// The sites on which cookies are signed, and encrypted.
fn sites() -> [Site; 2] {
    [false, true].map(|encrypt| Site::with(|builder| builder.encrypt_cookies(encrypt), app::routes))
}

/// What a handler reads from a `Cookie` line: a value, or `nobody`.
async fn read(client: &Client, path: &str, line: &[u8]) -> String {
    let reply = client.get(path).cookie_header(line).send().await;
    assert_eq!(reply.status, 200, "{path}");
    reply.text()
}

/// S40, S41, V3, V33
/// All eight flips of a letter, and of a byte behind the letters, travel in one request: a single one that opened would
/// show the name.
#[actix_web::test]
async fn no_flipped_bit_of_any_cookie_opens_over_http() {
    for site in sites() {
        for (name, set, get) in COOKIES {
            let client = site.client();
            client.get(set).send().await;
            let value = client.cookie(name).expect("the cookie");
            assert_eq!(read(&client, get, &repeated(name, [&value])).await, "ada");
            for place in 0..value.len() {
                let flips = (0..8).filter_map(|bit| {
                    let mut text = value.clone().into_bytes();
                    text[place] ^= 1 << bit;
                    // HTTP itself refuses control octets.
                    (!text[place].is_ascii_control()).then_some(text)
                });
                assert_eq!(
                    read(&client, get, &repeated(name, flips)).await,
                    "nobody",
                    "{get}: letter {place}"
                );
            }
            let frame = base64::decode(&value);
            for place in 0..frame.len() {
                let flips = (0..8).map(|bit| {
                    let mut frame = frame.clone();
                    frame[place] ^= 1 << bit;
                    base64::encode(&frame)
                });
                assert_eq!(
                    read(&client, get, &repeated(name, flips)).await,
                    "nobody",
                    "{get}: byte {place}"
                );
            }
        }
    }
}

/// S40, S41, V4, P9
#[actix_web::test]
async fn cut_empty_and_invented_macs_open_nothing() {
    let site = app::site();
    for (name, set, get) in COOKIES {
        let client = site.client();
        client.get(set).send().await;
        let frame = base64::decode(&client.cookie(name).expect("the cookie"));
        let (signed, tag) = frame.split_at(frame.len() - TAG);
        let mut forged: Vec<Vec<u8>> = (0..TAG).map(|length| [signed, &tag[..length]].concat()).collect();
        forged.extend([0, 1, 16, 31, 32, 33, 64].map(|length| [signed, &vec![0; length]].concat()));
        forged.extend([0, 1, 16, 31, 32, 33, 64].map(|length| [signed, &vec![255; length]].concat()));
        // More than one MAC, none of the payload, fields moved over a boundary, other versions, "no algorithm".
        forged.extend([
            [signed, tag, tag].concat(),
            tag.to_vec(),
            frame[1..].to_vec(),
            [b"\0", &frame[..]].concat(),
        ]);
        forged.extend([[&frame[..], b"\0"].concat(), [signed, b"\0", tag].concat()]);
        forged.extend(
            (0..signed.len())
                .map(|at| {
                    let (left, right) = signed.split_at(at);
                    [right, left, tag].concat()
                })
                .skip(1),
        );
        forged.extend((0..=255).filter(|version| *version != frame[0]).map(|version| {
            let mut frame = frame.clone();
            frame[0] = version;
            frame
        }));
        for frames in forged.chunks(8) {
            let line = repeated(name, frames.iter().map(|frame| base64::encode(frame)));
            assert_eq!(read(&client, get, &line).await, "nobody", "{get}");
        }
        assert_eq!(
            read(&client, get, &repeated(name, [base64::encode(&frame)])).await,
            "ada",
            "{get}"
        );
    }
}

/// S40
/// Padding, white space, quotes, another alphabet, percent signs, spare bits: all of them would be second spellings. Of
/// each kind of cookie, signed and encrypted.
#[actix_web::test]
async fn a_cookie_has_one_spelling() {
    for site in sites() {
        for (name, set, get) in COOKIES {
            let client = site.client();
            client.get(set).send().await;
            let value = client.cookie(name).expect("the cookie");
            let last = value.chars().next_back().expect("a letter");
            let half = value.split_at(value.len() / 2);
            let mut spellings = vec![
                format!("{value}="),
                format!("{value}=="),
                format!("\"{value}\""),
                format!(" {value}"),
                format!("{value} "),
                format!("\t{value}"),
                format!("{value}\t"),
                format!("{} {}", half.0, half.1),
                format!("{}%{:02X}", &value[..value.len() - 1], u32::from(last)),
                format!("%{:02X}{}", value.as_bytes()[0], &value[1..]),
                value
                    .bytes()
                    .map(|byte| format!("%{byte:02x}"))
                    .collect::<Vec<_>>()
                    .concat(),
                value.replace('-', "+").replace('_', "/") + "=",
                value.to_uppercase(),
                value.to_lowercase(),
                format!("{value}A"),
                format!("{value},{value}"),
            ];
            // The standard alphabet, where it differs.
            spellings.push(value.replace('-', "+").replace('_', "/"));
            // Every other last letter: some of them differ in spare bits only.
            spellings.extend(
                ('-'..='z')
                    .filter(|other| other.is_ascii_alphanumeric() || "-_".contains(*other))
                    .map(|other| format!("{}{other}", &value[..value.len() - 1])),
            );
            spellings.retain(|spelling| *spelling != value);
            assert!(spellings.len() >= 78, "one of them is the genuine spelling");
            for spelling in spellings {
                assert_eq!(
                    read(&client, get, format!("{name}={spelling}; b=2").as_bytes()).await,
                    "nobody",
                    "{get}: {}",
                    spelling.replace(&value, "..")
                );
            }
            assert_eq!(
                read(&client, get, &repeated(name, [&value])).await,
                "ada",
                "{get}"
            );
        }
    }
}

/// S41, S47, V4, V6
/// With one key, and with fallback keys: there is no older, friendlier decoder behind the strict one.
#[actix_web::test]
async fn unsigned_and_foreign_formats_are_no_sessions() {
    let foreign = [
        // tipfy, signed with SHA-1; webapp2; plain JSON; base64 of JSON with and without an empty MAC.
        "eyJmb28iOiJiYXIifQ==|1284849476|847b472f2fabbf1efef55748a394b6f182acd8be",
        "eyJ1c2VyIjoiYWRhIn0=|1800000000|0000000000000000000000000000000000000000",
        "{\"user\":\"ada\"}",
        "eyJ1c2VyIjoiYWRhIn0",
        "eyJ1c2VyIjoiYWRhIn0.",
        // JWT with "alg":"none"; Flask; Django; Rails; Express.
        "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYWRhIn0.",
        "eyJ1c2VyIjoiYWRhIn0.ZVqYwA.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "eyJ1c2VyIjoiYWRhIn0:1tXyZz:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "BAh7BkkiCXVzZXIGOgZFVEkiCGFkYQY7AFQ%3D--0000000000000000000000000000000000000000",
        "s%3Aada.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        // Python pickle, PHP, Java: formats that name types.
        "gASVHgAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjANpZHOUhZRSlC4",
        "TzoxMToiQXBwXFVzZXIiOjE6e3M6NDoibmFtZSI7czozOiJhZGEiO30",
        "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwAC",
    ];
    let with_fallback = Site::with(|builder| builder.fallback_key(secret(OTHER_SECRET)), app::routes);
    for site in [app::site(), with_fallback] {
        let client = site.client();
        for kind in KINDS {
            for value in foreign {
                assert_eq!(
                    user(&client, kind, format!("{COOKIE}={value}")).await,
                    "nobody",
                    "{kind}: {value}"
                );
            }
        }
        assert!(site.backend.operations().is_empty());
    }
}

/// S42, V5
/// A comparison that stopped early would accept, or be quicker to refuse, a MAC with a right beginning. That it takes
/// the same time is a property of the one function that compares, so the test also looks at the place where it is used.
#[actix_web::test]
async fn macs_are_compared_to_their_last_byte() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let frame = base64::decode(&sign_in(&client, kind).await);
        for wrong in 1..=TAG {
            let mut forged = frame.clone();
            let end = forged.len();
            forged[end - wrong..].iter_mut().for_each(|byte| *byte = !*byte);
            let line = format!("{COOKIE}={}", base64::encode(&forged));
            assert_eq!(
                user(&client, kind, line).await,
                "nobody",
                "{kind}: the last {wrong} bytes are wrong"
            );
        }
    }
    let source = include_str!("../../sessions-runtime/src/seal/frame.rs");
    let library = source.split("#[cfg(test)]").next().expect("the library's part");
    assert_eq!(
        library.matches("mac.verify_slice(tag)").count(),
        1,
        "the constant-time comparison of `hmac`"
    );
    assert!(!library.contains("tag =="), "no other comparison");
}
