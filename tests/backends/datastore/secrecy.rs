//! What somebody finds who reads the files.

use sessions_runtime::Datastore;
use sessions_runtime::testing::Client;

use super::kit::{clock, datastore};
use super::locked::{COOKIE, serve_with};
use crate::support::logs;
use crate::support::place::Place;

/// S8
#[actix_web::test]
async fn nothing_in_the_files_works_as_a_cookie() {
    let (place, clock) = (Place::new(), clock());
    let server = serve_with(datastore(&place.file("sessions.db"), &clock), &clock);
    let client = Client::new(&server).with_clock(clock.clone());
    client.get("/set/user/ann-of-the-file").send().await;
    let cookie = client.cookie(COOKIE).unwrap();

    let mut files = Vec::new();
    for file in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
        files.extend(std::fs::read(place.file(file)).unwrap());
    }
    assert!(
        holds(&files, b"ann-of-the-file"),
        "the values are where they are looked for"
    );
    // The cookie in each of its readings: as it is sent, and its bytes, any stretch of which may be the id.
    assert!(!holds(&files, &cookie.as_bytes()[..24]));
    let bytes = base64(&cookie);
    assert!(bytes.len() > 32);
    for stretch in bytes.windows(16) {
        assert!(!holds(&files, stretch), "16 bytes of the cookie are in the file");
    }
    // What the file has in place of the id is refused as one.
    for stretch in files
        .windows(32)
        .filter(|stretch| stretch.iter().all(|byte| *byte != 0))
        .take(2_000)
    {
        let forged = format!("{COOKIE}={}", encode(stretch));
        let reply = client
            .get("/get/user")
            .no_cookies()
            .cookie_header(forged)
            .send()
            .await;
        assert_eq!(reply.text(), "-");
    }
}

/// S57
#[actix_web::test]
async fn neither_debug_output_nor_logs_show_keys_or_values() {
    let log = logs::capture();
    let mark = log.mark();
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore: Datastore = datastore(&path, &clock);
    assert!(format!("{datastore:?}").contains("sessions.db"));
    let server = serve_with(datastore, &clock);
    let client = Client::new(&server).with_clock(clock.clone());
    client.get("/set/user/value-of-the-log").send().await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        client.get("/set/user/other-value-of-the-log").send().await.status,
        503
    );
    let written = log.since(mark);
    assert!(
        written.contains("not at its path"),
        "the outage is in the log: {written}"
    );
    assert!(!written.contains("value-of-the-log"));
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    for digit in text.bytes() {
        let Some(value) = ALPHABET.iter().position(|letter| *letter == digit) else {
            continue;
        };
        held = held << 6 | u32::try_from(value).expect("below 64");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}

fn encode(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut held) = (String::new(), 0u32, 0u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            text.push(char::from(ALPHABET[(held >> bits & 63) as usize]));
        }
    }
    text
}
