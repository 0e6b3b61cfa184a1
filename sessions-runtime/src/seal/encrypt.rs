//! Version 2, encrypted: `2 | key id (4) | nonce (12) | ciphertext | tag (16)`, where the plain text is
//! `issued (5) | expires (5) | payload length (4) | payload | zeros to a multiple of 64`.
//!
//! AES-256-GCM-SIV (RFC 8452), because its nonce may be drawn at random for ever: two texts that happen to have the same
//! one tell whether they are the same text, and nothing else. Short texts take a third of the time that
//! XChaCha20-Poly1305 has for them. Associated data is the context with version and key id. The padding hides the
//! payload's exact length.

use std::fmt;

use aes::Aes256Enc;
use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{AesGcmSiv, Nonce, Tag};

use super::Refused;
use super::frame::{Body, HEAD, ROOM, TIMES, read_times, write_times};
use super::keys::{Key, KeyId};
use crate::clock::Timestamp;
use crate::entropy::{self, Entropy};
use crate::error::{ErrorKind, SessionError};

/// The first byte of an encrypted frame.
pub(super) const VERSION: u8 = 2;
const NONCE: usize = 12;
const LENGTH: usize = 4;
const TAG: usize = 16;
/// Where the plain text begins, and where the payload does.
const PLAIN: usize = HEAD + NONCE;
const PAYLOAD: usize = PLAIN + TIMES + LENGTH;
/// Plain texts are multiples of this.
const STEP: usize = 64;

/// The cipher with its key, and the associated data of its context.
#[derive(Clone)]
pub(super) struct AeadKey {
    /// The mode never decrypts a block, so half the key schedule is enough.
    cipher: AesGcmSiv<Aes256Enc>,
    associated: Vec<u8>,
}

impl AeadKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self {
            cipher: AesGcmSiv::new(key.into()),
            associated: Vec::new(),
        }
    }

    /// Sets the context that texts are sealed for.
    pub(super) fn bind(&mut self, context: &[u8], id: KeyId) {
        self.associated = [context, &[VERSION], &id].concat();
    }
}

impl fmt::Debug for AeadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AeadKey(..)")
    }
}

/// Writes what stands before the payload.
pub(super) fn begin(
    key: &Key,
    issued: Timestamp,
    expires: Option<Timestamp>,
    entropy: Entropy,
) -> Result<Vec<u8>, SessionError> {
    let nonce: [u8; NONCE] = entropy::public(entropy)?;
    let mut frame = Vec::with_capacity(ROOM);
    frame.push(VERSION);
    frame.extend_from_slice(&key.id);
    frame.extend_from_slice(&nonce);
    write_times(&mut frame, issued, expires);
    frame.extend_from_slice(&[0; LENGTH]);
    Ok(frame)
}

/// Encrypts it, and appends the tag.
pub(super) fn finish(key: &Key, frame: &mut Vec<u8>) -> Result<(), SessionError> {
    let nonce = frame.get(HEAD..).and_then(|rest| rest.first_chunk::<NONCE>());
    let nonce = *nonce.ok_or_else(unsealable)?;
    let length = u32::try_from(frame.len().saturating_sub(PAYLOAD)).map_err(|_| unsealable())?;
    if let Some(field) = frame.get_mut(PLAIN + TIMES..PAYLOAD) {
        field.copy_from_slice(&length.to_be_bytes());
    }
    frame.resize(
        PLAIN + frame.len().saturating_sub(PLAIN).next_multiple_of(STEP),
        0,
    );
    let plain = frame.get_mut(PLAIN..).ok_or_else(unsealable)?;
    let tag = key
        .aead
        .cipher
        .encrypt_inout_detached(&Nonce::from(nonce), &key.aead.associated, plain.into())
        .map_err(|_| unsealable())?;
    frame.extend_from_slice(&tag);
    Ok(())
}

/// Verifies a frame of version 2 and decrypts it where it is. A frame that does not verify stays as it was, for the
/// next key to try.
pub(super) fn open(key: &Key, frame: &mut [u8]) -> Result<Body, Refused> {
    let (_, rest) = frame.split_first_chunk_mut::<HEAD>().ok_or(Refused::Malformed)?;
    let (nonce, rest) = rest.split_first_chunk_mut::<NONCE>().ok_or(Refused::Malformed)?;
    let (plain, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(Refused::Malformed)?;
    if plain.is_empty() || plain.len() % STEP != 0 {
        return Err(Refused::Malformed);
    }
    key.aead
        .cipher
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            &key.aead.associated,
            (&mut *plain).into(),
            &Tag::from(*tag),
        )
        .map_err(|_| Refused::Forged)?;
    let (times, rest) = plain.split_first_chunk::<TIMES>().ok_or(Refused::Malformed)?;
    let (length, rest) = rest.split_first_chunk::<LENGTH>().ok_or(Refused::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Refused::Malformed)?;
    let padding = rest.get(length..).ok_or(Refused::Malformed)?;
    if padding.len() >= STEP || padding.iter().any(|byte| *byte != 0) {
        return Err(Refused::Malformed);
    }
    let (issued, expires) = read_times(*times);
    Ok(Body {
        issued,
        expires,
        start: PAYLOAD,
        end: PAYLOAD + length,
    })
}

fn unsealable() -> SessionError {
    SessionError::new(
        ErrorKind::TooLarge,
        "the session is too large to be encrypted; store less in its cookie",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::{NOW, broken, ring, seal};
    use crate::seal::{Purpose, Sealer};

    fn sealer() -> Sealer {
        ring(&["A"], true).sealer(Purpose::Session, "securecookie", "session")
    }

    /// A frame that is authentic, whatever its plain text says.
    fn authentic(plain: &[u8]) -> String {
        let sealer = sealer();
        let mut frame = vec![VERSION];
        frame.extend_from_slice(&sealer.primary.id);
        frame.extend_from_slice(&[3; NONCE]);
        frame.extend_from_slice(plain);
        let aead = &sealer.primary.aead;
        let buffer = &mut frame[PLAIN..];
        let tag = aead
            .cipher
            .encrypt_inout_detached(&Nonce::from([3; NONCE]), &aead.associated, buffer.into())
            .expect("a short text");
        frame.extend_from_slice(&tag);
        base64_simd::URL_SAFE_NO_PAD.encode_to_string(frame)
    }

    /// S2, S49
    #[test]
    fn failing_generator_seals_nothing() {
        let err = sealer().draft(NOW, None, broken).err().expect("no nonce");
        assert_eq!(err.kind(), ErrorKind::Entropy);
    }

    /// S49, V35
    #[test]
    fn equal_payloads_look_different_and_hide_their_text() {
        let sealer = sealer();
        let payload =
            b"the same text, the same text, the same text, the same text, the same text, the same text";
        let first = base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(seal(&sealer, payload))
            .expect("sealed text");
        let second = base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(seal(&sealer, payload))
            .expect("sealed text");
        assert_ne!(first[HEAD..PLAIN], second[HEAD..PLAIN]);
        assert_ne!(first[PLAIN..], second[PLAIN..]);
        assert!(!first.windows(8).any(|window| window == b"the same"));
    }

    /// S49
    #[test]
    fn length_is_hidden_within_a_step() {
        let sealer = sealer();
        let length = |payload: usize| seal(&sealer, &vec![7; payload]).len();
        assert_eq!(length(0), length(50));
        assert!(length(50) < length(51));
        assert_eq!(length(51), length(114));
    }

    /// S48, V21
    #[test]
    fn authentic_but_impossible_lengths_are_refused() {
        let field = |length: u32, padding: u8| {
            let mut plain = [padding; STEP];
            plain[..TIMES].copy_from_slice(&[0; TIMES]);
            plain[TIMES..TIMES + LENGTH].copy_from_slice(&length.to_be_bytes());
            sealer()
                .open(authentic(&plain).as_bytes(), NOW)
                .map(|opened| opened.payload.len())
        };
        assert_eq!(field(50, 0), Ok(50));
        assert_eq!(field(0, 0), Ok(0));
        for length in [51, 64, 1 << 16, u32::MAX] {
            assert_eq!(field(length, 0), Err(Refused::Malformed), "{length}");
        }
        assert_eq!(field(49, 1), Err(Refused::Malformed), "padding that is not zero");
        assert_eq!(
            sealer().open(authentic(&[0; 128]).as_bytes(), NOW).err(),
            Some(Refused::Malformed),
            "a step too many"
        );
        assert_eq!(
            sealer().open(authentic(&[0; 63]).as_bytes(), NOW).err(),
            Some(Refused::Malformed)
        );
        assert_eq!(
            sealer().open(authentic(&[]).as_bytes(), NOW).err(),
            Some(Refused::Malformed)
        );
    }

    #[test]
    fn refused_frame_stays_for_the_next_key() {
        let text = seal(&sealer(), b"payload");
        let mut frame = base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(text)
            .expect("sealed text");
        let before = frame.clone();
        let other = ring(&["B"], true).sealer(Purpose::Session, "securecookie", "session");
        assert_eq!(open(&other.primary, &mut frame).err(), Some(Refused::Forged));
        assert_eq!(frame, before);
        assert!(open(&sealer().primary, &mut frame).is_ok());
    }

    /// S50
    #[test]
    fn both_versions_open_whichever_seals() {
        let signs = ring(&["A"], false).sealer(Purpose::Session, "securecookie", "session");
        let encrypts = sealer();
        let (signed, encrypted) = (seal(&signs, b"text"), seal(&encrypts, b"text"));
        for (sealer, text, stale) in [
            (&signs, &signed, false),
            (&signs, &encrypted, true),
            (&encrypts, &signed, true),
            (&encrypts, &encrypted, false),
        ] {
            let opened = sealer.open(text.as_bytes(), NOW).expect("both versions open");
            assert_eq!((&opened.payload[..], opened.stale), (&b"text"[..], stale));
        }
    }

    /// S52
    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", sealer().primary.aead), "AeadKey(..)");
    }
}
