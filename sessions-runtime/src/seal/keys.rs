//! The keys: derived from the secrets once, by purpose, and bound to a cookie once, by context.

use std::fmt;
use std::sync::Arc;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

#[cfg(feature = "encryption")]
use super::encrypt;
use super::{Sealer, frame};
use crate::entropy;
use crate::secret::SecretKey;

const SALT: &[u8] = b"sessions-runtime";
/// The block of SHA-256: the context is filled up to a multiple, so that its blocks are hashed once for ever.
const BLOCK: usize = 64;

/// What a sealed text is for; each has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The data of a session that lives in its cookie.
    Session,
    /// The id of a session that lives on a server.
    Id,
    /// A cookie of the application's own.
    Cookie,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Id => "id",
            Self::Cookie => "cookie",
        }
    }
}

/// Names a secret in a frame, so that opening need not try every key. Derived, so it tells nothing about the secret.
pub(super) type KeyId = [u8; 4];

/// The keys of one secret for one purpose, and in a [`Sealer`] for one context.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) mac: Hmac<Sha256>,
    #[cfg(feature = "encryption")]
    pub(super) aead: encrypt::AeadKey,
}

impl Key {
    fn derive(secret: &Hkdf<Sha256>, id: KeyId, purpose: Purpose) -> Self {
        let mac: Zeroizing<[u8; 32]> = expand(secret, &format!("v1/mac/{}", purpose.as_str()));
        Self {
            id,
            mac: Hmac::new_from_slice(mac.as_slice()).expect("HMAC takes keys of every length"),
            #[cfg(feature = "encryption")]
            aead: encrypt::AeadKey::new(&expand(secret, &format!("v2/aead/{}", purpose.as_str()))),
        }
    }

    /// This key after it absorbed the context.
    fn bound(&self, context: &[u8]) -> Self {
        let mut key = self.clone();
        key.mac.update(context);
        #[cfg(feature = "encryption")]
        key.aead.bind(context, key.id);
        key
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// One secret's keys for every purpose.
struct Keys {
    session: Key,
    id: Key,
    cookie: Key,
}

impl Keys {
    fn derive(secret: &SecretKey) -> Self {
        Self::expand(secret.as_bytes())
    }

    fn expand(secret: &[u8]) -> Self {
        let secret = Hkdf::<Sha256>::new(Some(SALT), secret);
        let id = *expand(&secret, "key-id");
        Self {
            session: Key::derive(&secret, id, Purpose::Session),
            id: Key::derive(&secret, id, Purpose::Id),
            cookie: Key::derive(&secret, id, Purpose::Cookie),
        }
    }

    fn of(&self, purpose: Purpose) -> &Key {
        match purpose {
            Purpose::Session => &self.session,
            Purpose::Id => &self.id,
            Purpose::Cookie => &self.cookie,
        }
    }
}

struct Ring {
    primary: Keys,
    fallbacks: Vec<Keys>,
    version: u8,
}

/// The application's keys: the newest, which seals, and older ones, which only open. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KeyRing {
    ring: Arc<Ring>,
}

impl KeyRing {
    /// Derives the keys. `encrypt` has no effect without the feature `encryption`; the builder refuses it there.
    pub(crate) fn new(primary: &SecretKey, fallbacks: &[SecretKey], encrypt: bool) -> Self {
        let version = match encrypt {
            #[cfg(feature = "encryption")]
            true => encrypt::VERSION,
            _ => frame::VERSION,
        };
        Self {
            ring: Arc::new(Ring {
                primary: Keys::derive(primary),
                fallbacks: fallbacks.iter().map(Keys::derive).collect(),
                version,
            }),
        }
    }

    /// A ring for sessions that are closed from the start: its key is random, and known to nobody.
    pub(crate) fn unkeyed() -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        // Without random bytes the key could be guessed; but nothing is ever sealed or opened with it.
        if let Err(err) = entropy::system(secret.as_mut_slice()) {
            tracing::error!(error = ?err, "no random bytes");
        }
        Self {
            ring: Arc::new(Ring {
                primary: Keys::expand(secret.as_slice()),
                fallbacks: Vec::new(),
                version: frame::VERSION,
            }),
        }
    }

    /// The sealer of one cookie. Costs a few hashes and allocations: keep it where the cookie is known beforehand.
    pub(crate) fn sealer(&self, purpose: Purpose, backend: &str, cookie_name: &str) -> Sealer {
        let context = context(purpose, backend, cookie_name);
        Sealer {
            primary: self.ring.primary.of(purpose).bound(&context),
            fallbacks: self
                .ring
                .fallbacks
                .iter()
                .map(|keys| keys.of(purpose).bound(&context))
                .collect(),
            version: self.ring.version,
        }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", 1 + self.ring.fallbacks.len())
    }
}

/// Purpose, backend and cookie name, each behind its length, filled with zeros to whole blocks. The lengths say where
/// the zeros begin, so no two contexts have the same bytes, and none is the start of another (S45).
fn context(purpose: Purpose, backend: &str, cookie_name: &str) -> Vec<u8> {
    let mut context = Vec::with_capacity(2 * BLOCK);
    for part in [purpose.as_str(), backend, cookie_name] {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        context.extend_from_slice(&length.to_be_bytes());
        context.extend_from_slice(part.as_bytes());
    }
    context.resize(context.len().next_multiple_of(BLOCK), 0);
    context
}

fn expand<const LENGTH: usize>(secret: &Hkdf<Sha256>, info: &str) -> Zeroizing<[u8; LENGTH]> {
    let mut key = Zeroizing::new([0; LENGTH]);
    secret
        .expand(info.as_bytes(), key.as_mut_slice())
        .expect("keys are far shorter than the 8160 bytes HKDF can give");
    key
}
