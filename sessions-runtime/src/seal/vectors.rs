use super::tests::text;
use super::{KeyRing, Purpose};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::secret::SecretKey;

/// The nonce of the vectors.
#[expect(clippy::unnecessary_wraps, reason = "the type of an entropy source")]
fn counting(buffer: &mut [u8]) -> Result<(), SessionError> {
    for (byte, count) in buffer.iter_mut().zip(0..) {
        *byte = count;
    }
    Ok(())
}

/// S40, S43, V3
///
/// Frozen: lines are only ever added. A change of any byte would sign out every visitor of every application.
#[test]
fn vectors_seal_and_open() {
    let mut seen = [0; 2];
    for line in include_str!("vectors.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let fields: Vec<&str> = line.split(' ').collect();
        let [
            version,
            secret,
            purpose,
            backend,
            cookie,
            issued,
            expires,
            payload,
            wanted,
        ] = fields[..]
        else {
            panic!("nine fields: {line}");
        };
        let encrypt = version == "2";
        if encrypt && !cfg!(feature = "encryption") {
            continue;
        }
        seen[usize::from(encrypt)] += 1;
        let purpose = match purpose {
            "session" => Purpose::Session,
            "id" => Purpose::Id,
            _ => Purpose::Cookie,
        };
        let secret = SecretKey::from_bytes(secret).expect("the vectors' secret");
        let sealer = KeyRing::new(&secret, &[], encrypt).sealer(purpose, backend, cookie);
        let issued = Timestamp::from_unix(issued.parse().expect("seconds"));
        let expires = (expires != "-").then(|| Timestamp::from_unix(expires.parse().expect("seconds")));
        let payload = base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(payload)
            .expect("base64");

        let written = text(&sealer, &payload, issued, expires, counting);
        assert_eq!(written, wanted, "{line}");
        let opened = sealer.open(wanted.as_bytes(), issued).expect("a vector opens");
        assert_eq!(opened.payload, payload);
        assert_eq!(
            (opened.issued, opened.expires, opened.stale),
            (issued, expires, false)
        );
    }
    assert!(
        seen[0] >= 4 && (seen[1] >= 3 || !cfg!(feature = "encryption")),
        "{seen:?}"
    );
}
