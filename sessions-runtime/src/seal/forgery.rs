use super::tests::{NOW, VERSIONS, refusal, ring, seal, seal_until, sealer};
use super::{Purpose, Refused, frame};
use crate::clock::Timestamp;

fn decoded(text: &str) -> Vec<u8> {
    base64_simd::URL_SAFE_NO_PAD
        .decode_to_vec(text)
        .expect("a sealed text")
}

fn encoded(frame: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(frame)
}

/// S40, V3, S41
///
/// Of the text, not of the frame: so the spare bits of base64 are tried too.
#[test]
fn every_flipped_bit_is_refused() {
    for &encrypt in VERSIONS {
        let sealer = sealer(encrypt);
        // Lengths with no, two and four spare bits at the end.
        for payload in [&b"abc"[..], b"abcd", b"abcde"] {
            let text = seal(&sealer, payload).into_bytes();
            for position in 0..text.len() {
                for bit in 0..8 {
                    let mut changed = text.clone();
                    changed[position] ^= 1 << bit;
                    assert!(sealer.open(&changed, NOW).is_err(), "byte {position}, bit {bit}");
                }
            }
            assert!(sealer.open(&text, NOW).is_ok());
        }
    }
}

/// S40, S41, V4
#[test]
fn other_macs_are_refused() {
    for &encrypt in VERSIONS {
        let sealer = sealer(encrypt);
        let frame = decoded(&seal(&sealer, b"payload"));
        let tag = if encrypt { 16 } else { 32 };
        let bare = &frame[..frame.len() - tag];
        for mac in [0, 1, tag - 1, tag, tag + 1, 64] {
            assert!(
                sealer
                    .open(encoded([bare, &vec![0; mac]].concat()).as_bytes(), NOW)
                    .is_err(),
                "{mac} zeros"
            );
        }
        for cut in 1..=frame.len() {
            assert!(
                sealer
                    .open(encoded(&frame[..frame.len() - cut]).as_bytes(), NOW)
                    .is_err(),
                "{cut} cut"
            );
        }
        for more in [1, 16, 32] {
            assert!(
                sealer
                    .open(encoded([&frame[..], &vec![0; more]].concat()).as_bytes(), NOW)
                    .is_err()
            );
            assert!(
                sealer
                    .open(encoded([&vec![0; more][..], &frame].concat()).as_bytes(), NOW)
                    .is_err()
            );
        }
    }
}

/// S41, V4
#[test]
fn unsigned_and_unknown_versions_are_malformed() {
    let sealer = sealer(false);
    assert_eq!(refusal(&sealer, b""), Refused::Malformed);
    assert_eq!(
        refusal(&sealer, encoded(b"{\"user\":1}").as_bytes()),
        Refused::Malformed
    );
    let mut frame = decoded(&seal(&sealer, b"payload"));
    for version in (0..=255).filter(|version| ![frame::VERSION, 2].contains(version)) {
        frame[0] = version;
        assert_eq!(
            refusal(&sealer, encoded(&frame).as_bytes()),
            Refused::Malformed,
            "{version}"
        );
    }
    // As the other version, a signed frame is no more authentic than any bytes.
    frame[0] = 2;
    assert!(sealer.open(encoded(&frame).as_bytes(), NOW).is_err());
}

/// S40
#[test]
fn only_the_canonical_spelling_opens() {
    let sealer = sealer(false);
    let mut alphabets = 0;
    for length in 0..200 {
        let text = seal(&sealer, &vec![0xFB; length]);
        for suffix in ["=", "==", " ", "\n", "\0", "A", "AA", "AAAA"] {
            assert!(
                sealer.open(format!("{text}{suffix}").as_bytes(), NOW).is_err(),
                "{suffix:?}"
            );
        }
        assert!(sealer.open(format!(" {text}").as_bytes(), NOW).is_err());
        let standard = text.replace('-', "+").replace('_', "/");
        if standard != text {
            alphabets += 1;
            assert_eq!(refusal(&sealer, standard.as_bytes()), Refused::Malformed);
        }
        // Spare bits: another last character that decodes to the same bytes in a lax decoder.
        let (rest, last) = text.split_at(text.len() - 1);
        for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']) {
            let opens = sealer.open(format!("{rest}{other}").as_bytes(), NOW).is_ok();
            assert_eq!(opens, last.starts_with(other), "{other} for {last}");
        }
    }
    assert!(alphabets > 100);
}

/// S44, V9
#[test]
fn other_purposes_backends_and_names_refuse() {
    for &encrypt in VERSIONS {
        let ring = ring(&["A"], encrypt);
        let mut sealers = Vec::new();
        for purpose in [Purpose::Session, Purpose::Id, Purpose::Cookie] {
            for backend in ["securecookie", "redis", ""] {
                for name in ["session", "__Host-session", "__hOsT-session", "cart", ""] {
                    sealers.push(ring.sealer(purpose, backend, name));
                }
            }
        }
        let texts: Vec<_> = sealers.iter().map(|sealer| seal(sealer, b"payload")).collect();
        for (place, sealer) in sealers.iter().enumerate() {
            for (origin, text) in texts.iter().enumerate() {
                match sealer.open(text.as_bytes(), NOW) {
                    Ok(_) => assert_eq!(place, origin),
                    Err(reason) => assert!(place != origin && reason == Refused::Forged),
                }
            }
        }
    }
}

/// S45, V8
#[test]
fn bytes_cannot_move_across_a_boundary() {
    // One text cut into backend, name and payload in every way, with separators and zeros in it.
    for whole in ["a|b=c;1\0\0\0d", "\0\0\0\0\0\0\0\u{1}\0\0", "session1700000000"] {
        let mut parts = Vec::new();
        for first in 0..=whole.len() {
            for second in first..=whole.len() {
                parts.push((&whole[..first], &whole[first..second], &whole[second..]));
            }
        }
        for &encrypt in VERSIONS {
            let ring = ring(&["A"], encrypt);
            let sealers: Vec<_> = parts
                .iter()
                .map(|(backend, name, _)| ring.sealer(Purpose::Cookie, backend, name))
                .collect();
            let texts: Vec<_> = sealers
                .iter()
                .zip(&parts)
                .map(|(sealer, part)| seal(sealer, part.2.as_bytes()))
                .collect();
            for (place, sealer) in sealers.iter().enumerate() {
                for (origin, text) in texts.iter().enumerate() {
                    assert_eq!(
                        sealer.open(text.as_bytes(), NOW).is_ok(),
                        place == origin,
                        "{whole:?}"
                    );
                }
            }
        }
    }
}

/// S46, S47
#[test]
fn forged_text_is_forged_whatever_its_times_say() {
    let sealer = sealer(false);
    let text = seal_until(&sealer, b"", NOW, Some(Timestamp::from_unix(5)));
    let mut frame = decoded(&text);
    frame[7] ^= 1;
    assert_eq!(refusal(&sealer, encoded(&frame).as_bytes()), Refused::Forged);
}

/// S48, V21
#[test]
fn texts_beyond_the_bound_are_refused_unread() {
    let sealer = sealer(false);
    let fits = seal(&sealer, &vec![1; 6_097]);
    assert_eq!(fits.len(), 8_192);
    assert!(sealer.open(fits.as_bytes(), NOW).is_ok());
    let over = seal(&sealer, &vec![1; 6_098]);
    assert_eq!(refusal(&sealer, over.as_bytes()), Refused::Malformed);
}

/// S47
#[test]
fn hostile_texts_never_panic() {
    // A linear congruential generator: each failure can be repeated.
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let sealers: Vec<_> = VERSIONS.iter().map(|encrypt| sealer(*encrypt)).collect();
    let valid: Vec<_> = sealers
        .iter()
        .map(|sealer| seal(sealer, b"a payload to be mutated"))
        .collect();
    for round in 0..100_000 {
        let sealer = &sealers[round % sealers.len()];
        let text = if round % 3 == 0 {
            (0..random(120))
                .map(|_| u8::try_from(random(256)).expect("a byte"))
                .collect()
        } else {
            let mut frame = decoded(&valid[random(valid.len())]);
            let place = random(frame.len());
            match random(4) {
                0 => frame.truncate(place),
                1 => frame.insert(place, 0),
                2 => frame[place] = frame[place].wrapping_add(1),
                _ => drop(frame.remove(place)),
            }
            encoded(frame).into_bytes()
        };
        assert!(sealer.open(&text, NOW).is_err(), "round {round}");
    }
}
