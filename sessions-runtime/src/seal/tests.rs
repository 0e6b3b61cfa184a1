use super::*;
use crate::entropy::{self, Entropy};
use crate::error::{ErrorKind, SessionError};
use crate::secret::SecretKey;

pub(super) const NOW: Timestamp = Timestamp::from_unix(1_700_000_000);

/// Each version that this build can seal with.
pub(super) const VERSIONS: &[bool] = if cfg!(feature = "encryption") {
    &[false, true]
} else {
    &[false]
};

pub(super) fn broken(_: &mut [u8]) -> Result<(), SessionError> {
    Err(SessionError::new(ErrorKind::Entropy, "no entropy"))
}

pub(super) fn key(name: &str) -> SecretKey {
    SecretKey::from_bytes(format!("{name} v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t"))
        .expect("a random secret")
}

/// A ring of the named secrets, the newest first.
pub(super) fn ring(names: &[&str], encrypt: bool) -> KeyRing {
    let fallbacks: Vec<_> = names[1..].iter().map(|name| key(name)).collect();
    KeyRing::new(&key(names[0]), &fallbacks, encrypt)
}

pub(super) fn sealer(encrypt: bool) -> Sealer {
    ring(&["A"], encrypt).sealer(Purpose::Session, "securecookie", "__Host-session")
}

pub(super) fn seal(sealer: &Sealer, payload: &[u8]) -> String {
    seal_until(sealer, payload, NOW, None)
}

pub(super) fn seal_until(
    sealer: &Sealer,
    payload: &[u8],
    issued: Timestamp,
    expires: Option<Timestamp>,
) -> String {
    text(sealer, payload, issued, expires, entropy::system)
}

pub(super) fn text(
    sealer: &Sealer,
    payload: &[u8],
    issued: Timestamp,
    expires: Option<Timestamp>,
    entropy: Entropy,
) -> String {
    let mut draft = sealer.draft(issued, expires, entropy).expect("random bytes");
    draft.buffer().extend_from_slice(payload);
    assert_eq!(draft.payload(), payload);
    let frame = sealer.seal(draft).expect("sealing works");
    let mut text = String::new();
    frame.append_to(&mut text);
    assert_eq!(text.len(), frame.text_len());
    text
}

pub(super) fn refusal(sealer: &Sealer, text: &[u8]) -> Refused {
    sealer.open(text, NOW).expect_err("a refused text")
}

#[test]
fn sealed_payload_opens() {
    for &encrypt in VERSIONS {
        for length in [0, 1, 2, 3, 50, 51, 64, 3_000] {
            let payload: Vec<u8> = (0..=255).cycle().take(length).collect();
            let end = NOW.after(std::time::Duration::from_secs(60));
            let text = seal_until(&sealer(encrypt), &payload, NOW, Some(end));
            let opened = sealer(encrypt)
                .open(text.as_bytes(), NOW)
                .expect("an authentic text");
            assert_eq!(opened.payload, payload);
            assert_eq!(
                (opened.issued, opened.expires, opened.stale),
                (NOW, Some(end), false)
            );
        }
    }
}

/// S46
#[test]
fn times_are_checked_to_the_second() {
    let at = Timestamp::from_unix;
    for &encrypt in VERSIONS {
        let sealer = sealer(encrypt);
        let text = seal_until(&sealer, b"", at(1_000), Some(at(1_100)));
        let open = |now| sealer.open(text.as_bytes(), at(now)).err();
        assert_eq!(open(1_099), None);
        assert_eq!(open(1_100), None);
        assert_eq!(open(1_101), Some(Refused::Expired));
        assert_eq!(open(u64::MAX), Some(Refused::Expired));
        assert_eq!(open(941), None);
        assert_eq!(open(940), None);
        assert_eq!(open(939), Some(Refused::Future));
        assert_eq!(open(0), Some(Refused::Future));
    }
}

/// V22, S46
#[test]
fn extreme_times_never_panic() {
    for &encrypt in VERSIONS {
        let sealer = sealer(encrypt);
        for issued in [0, 1, (1 << 40) - 1, 1 << 40, u64::MAX] {
            for expires in [
                None,
                Some(0),
                Some(1),
                Some((1 << 40) - 1),
                Some(1 << 40),
                Some(u64::MAX),
            ] {
                let text = seal_until(
                    &sealer,
                    b"",
                    Timestamp::from_unix(issued),
                    expires.map(Timestamp::from_unix),
                );
                for now in [0, 1, 1 << 40, u64::MAX] {
                    let outcome = sealer.open(text.as_bytes(), Timestamp::from_unix(now));
                    assert!(matches!(outcome, Ok(_) | Err(Refused::Expired | Refused::Future)));
                }
            }
        }
        let over = seal_until(
            &sealer,
            b"",
            Timestamp::from_unix(0),
            Some(Timestamp::from_unix(0)),
        );
        assert_eq!(
            refusal(&sealer, over.as_bytes()),
            Refused::Expired,
            "an end in 1970 is not endless"
        );
    }
}

/// V7, S50
#[test]
fn newest_key_seals_and_every_key_opens() {
    for &encrypt in VERSIONS {
        let sealer = |names: &[&str]| ring(names, encrypt).sealer(Purpose::Id, "redis", "session");
        let by_old = seal(&sealer(&["K1"]), b"id");
        let rotated = sealer(&["K2", "K1", "K0"]);
        let by_new = seal(&rotated, b"id");

        assert!(
            rotated
                .open(by_old.as_bytes(), NOW)
                .expect("a fallback opens")
                .stale
        );
        assert!(
            !rotated
                .open(by_new.as_bytes(), NOW)
                .expect("the newest opens")
                .stale
        );
        assert!(sealer(&["K2"]).open(by_new.as_bytes(), NOW).is_ok());
        for without in [&["K1"][..], &["K0"], &["K1", "K0"]] {
            assert_eq!(refusal(&sealer(without), by_new.as_bytes()), Refused::Forged);
        }
        // Removed: refused at once.
        assert_eq!(
            refusal(&sealer(&["K2", "K0"]), by_old.as_bytes()),
            Refused::Forged
        );
        // And in the other order, the old one is the newest again.
        assert!(
            sealer(&["K1", "K2"])
                .open(by_new.as_bytes(), NOW)
                .expect("a fallback opens")
                .stale
        );
        assert!(
            sealer(&["K1"])
                .open(seal(&sealer(&["K1", "K2"]), b"id").as_bytes(), NOW)
                .is_ok()
        );
    }
}

/// S50
#[test]
fn keys_that_share_an_id_are_all_tried() {
    for &encrypt in VERSIONS {
        let context = (Purpose::Session, "securecookie", "session");
        let mut shared = ring(&["K2", "K1"], encrypt).sealer(context.0, context.1, context.2);
        let old = ring(&["K1"], encrypt).sealer(context.0, context.1, context.2);
        shared.primary.id = old.primary.id;
        let opened = shared.open(seal(&old, b"text").as_bytes(), NOW).ok();
        assert_eq!(
            opened.map(|opened| (opened.payload, opened.stale)),
            Some((Bytes::from_static(b"text"), true))
        );
    }
}

/// S52
#[test]
fn debug_shows_neither_keys_nor_payloads() {
    let ring = ring(&["A", "B"], false);
    assert_eq!(format!("{ring:?}"), "KeyRing(2 keys)");
    let sealer = ring.sealer(Purpose::Id, "redis", "session");
    assert_eq!(format!("{sealer:?}"), "Sealer(..)");
    assert_eq!(format!("{:?}", sealer.primary), "Key(..)");
    let opened = sealer
        .open(seal(&sealer, b"visible").as_bytes(), NOW)
        .expect("an authentic text");
    let shown = format!("{opened:?}");
    assert!(!shown.contains("visible") && shown.contains("issued"), "{shown}");
}
