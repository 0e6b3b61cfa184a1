//! The random id of a server session, and the hash of it that backends see.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::entropy::Entropy;
use crate::error::SessionError;

/// The bearer value in the cookie of a server session: 256 random bits. Backends never see it.
///
/// Without `Display`, and with a `Debug` that shows nothing: who has the id has the session.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId([u8; 32]);

impl SessionId {
    /// A new id. A failing generator is an error, never a weaker id.
    pub(crate) fn generate(entropy: Entropy) -> Result<Self, SessionError> {
        let mut bytes = [0; 32];
        entropy(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The id in an opened cookie; `None` for any other length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// What goes into the sealed cookie.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(..)")
    }
}

/// The name under which a backend keeps a session's record: a hash of the session's id.
///
/// # Security
///
/// The hash cannot be turned back, so a dump of a store holds nothing that works as a cookie, and looking a key up by
/// an index tells an attacker nothing about ids. The application's namespace, the backend and the session are hashed
/// too: no two of them share a key. `Debug` prints no part of it.
///
/// # Examples
///
/// ```
/// use sessions_runtime::StoreKey;
///
/// let key = StoreKey::from_bytes([7; 32]);
/// assert_eq!(key.as_bytes(), &[7; 32]);
/// assert_eq!(format!("{key:?}"), "StoreKey(..)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// A key from its bytes, for backends that read their keys back and for their tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::StoreKey;
    ///
    /// assert!(StoreKey::from_bytes([1; 32]) < StoreKey::from_bytes([2; 32]));
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for stores with binary keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::StoreKey;
    ///
    /// assert_eq!(StoreKey::from_bytes([1; 32]).as_bytes().len(), 32);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key as 43 characters of `A-Z a-z 0-9 - _`, for stores with textual keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::StoreKey;
    ///
    /// let text = StoreKey::from_bytes([255; 32]).to_text();
    /// assert_eq!(text, "__________________________________________8");
    /// ```
    pub fn to_text(&self) -> String {
        base64_simd::URL_SAFE_NO_PAD.encode_to_string(self.0)
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// The store key of an id: SHA-256 over namespace, backend, session name and id, each behind its length (S8, S56).
pub(crate) fn derive(namespace: &str, backend: &str, session: &str, id: &SessionId) -> StoreKey {
    let mut hash = Sha256::new();
    for part in [
        namespace.as_bytes(),
        backend.as_bytes(),
        session.as_bytes(),
        id.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    StoreKey(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::entropy;
    use crate::error::ErrorKind;

    fn broken(_: &mut [u8]) -> Result<(), SessionError> {
        Err(SessionError::new(ErrorKind::Entropy, "no entropy"))
    }

    fn id(byte: u8) -> SessionId {
        SessionId([byte; 32])
    }

    /// S1, V24
    #[test]
    fn ids_never_repeat_and_every_bit_varies() {
        let mut seen = HashSet::new();
        let mut ones = [0_u32; 256];
        for _ in 0..10_000 {
            let id = SessionId::generate(entropy::system).expect("the system's generator");
            for (bit, count) in ones.iter_mut().enumerate() {
                *count += u32::from(id.as_bytes()[bit / 8] >> (bit % 8) & 1);
            }
            assert!(seen.insert(*id.as_bytes()));
        }
        // Ten standard deviations around one half: a fixed or biased bit is far outside, chance never gets there.
        assert!(
            ones.iter().all(|count| (4_500..=5_500).contains(count)),
            "{ones:?}"
        );
    }

    /// S2
    #[test]
    fn failing_generator_gives_no_id() {
        let err = SessionId::generate(broken).expect_err("no id");
        assert_eq!(err.kind(), ErrorKind::Entropy);
    }

    #[test]
    fn only_the_exact_length_is_an_id() {
        assert!(SessionId::from_bytes(&[1; 32]).is_some());
        for length in [0, 31, 33, 64] {
            assert!(SessionId::from_bytes(&vec![1; length]).is_none(), "{length}");
        }
    }

    /// S8
    #[test]
    fn store_key_is_the_hash_and_not_the_id() {
        let key = derive("app", "redis", "cart", &id(9));
        assert_ne!(key.as_bytes(), id(9).as_bytes());
        assert_ne!(key, derive("app", "redis", "cart", &id(8)));
        // Frozen: another value here signs out every visitor at the next deploy.
        assert_eq!(key.to_text(), "Zkg69Fwnezs2X4M2CXjz_umGwfaedRgBMRbIBkVN6cc");
    }

    /// S56, V13
    #[test]
    fn namespaces_backends_and_sessions_share_no_key() {
        let parts = ["", "a", "b", "ab", "ba"];
        let mut seen = HashSet::new();
        for namespace in parts {
            for backend in parts {
                for session in parts {
                    assert!(
                        seen.insert(derive(namespace, backend, session, &id(1))),
                        "{namespace}|{backend}|{session}"
                    );
                }
            }
        }
    }

    #[test]
    fn text_is_safe_for_every_store() {
        let text = derive("app", "memcache", "cart", &id(255)).to_text();
        assert_eq!(text.len(), 43);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
    }

    #[test]
    fn debug_shows_neither_id_nor_key() {
        assert_eq!(format!("{:?}", id(65)), "SessionId(..)");
        assert_eq!(format!("{:?}", StoreKey([65; 32])), "StoreKey(..)");
    }
}
