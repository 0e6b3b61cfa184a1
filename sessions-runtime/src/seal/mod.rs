//! Sealing: what goes into a cookie is signed or encrypted here, and what comes back is opened or refused.
//!
//! ```text
//! payload -> frame (version | key id | times | payload) -> MAC or AEAD over context and frame -> base64url -> cookie
//! ```
//!
//! The context is purpose, backend and cookie name: what was sealed for one place opens at no other (S44). There is no
//! algorithm to choose: the first byte is the version of the whole format, each version has its own derived keys, and
//! what no version opens is refused.

mod draft;
#[cfg(feature = "encryption")]
mod encrypt;
mod frame;
mod keys;

use std::fmt;

use base64_simd::Out;
use bytes::{Buf, Bytes};

pub(crate) use self::draft::Draft;
pub(crate) use self::keys::{KeyRing, Purpose};

use self::frame::Body;
use self::keys::{Key, KeyId};
use crate::clock::Timestamp;

/// Longer texts are refused unread: twice what a browser keeps.
const LONGEST: usize = 8_192;
/// A frame up to this size is decoded on the stack: that of most cookies.
const SMALL: usize = 240;
/// How far the clocks of two servers may be apart, in seconds.
const SKEW: u64 = 60;

/// Seals and opens the values of one cookie.
///
/// # Internal invariant
///
/// Every key has absorbed the context already, so that sealing and opening only clone its state.
pub(crate) struct Sealer {
    /// The newest key; the only one that seals (V7).
    primary: Key,
    fallbacks: Box<[Key]>,
    /// The version that seals; every compiled one opens.
    version: u8,
}

/// What a sealed text said.
#[derive(Clone)]
pub(crate) struct Opened {
    /// The bytes that were sealed.
    pub(crate) payload: Bytes,
    /// When they were sealed.
    pub(crate) issued: Timestamp,
    /// The last moment at which they open.
    pub(crate) expires: Option<Timestamp>,
    /// Sealed by a fallback key, or in another version than the present one: seal again at the next occasion.
    pub(crate) stale: bool,
}

/// Why a text does not open. For logs: the client never learns which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Not the spelling or the shape of a sealed text.
    Malformed,
    /// Changed, sealed for another place, or sealed by a key that is not configured.
    Forged,
    /// Authentic, but its time is over.
    Expired,
    /// Authentic, but sealed in the future: a server's clock is wrong.
    Future,
}

/// An authentic frame.
struct Found {
    body: Body,
    stale: bool,
}

impl Sealer {
    /// Verifies a text and returns what was sealed. Times are looked at only after the text proved authentic.
    pub(crate) fn open(&self, text: &[u8], now: Timestamp) -> Result<Opened, Refused> {
        if text.len() > LONGEST {
            return Err(Refused::Malformed);
        }
        // Refuses padding, other alphabets and spare bits: each frame has one spelling (S40).
        let decoder = base64_simd::URL_SAFE_NO_PAD;
        let (mut payload, found) = if text.len() <= SMALL / 3 * 4 {
            let mut buffer = [0; SMALL];
            let frame = decoder
                .decode(text, Out::from_slice(&mut buffer))
                .map_err(|_| Refused::Malformed)?;
            let found = self.verify(frame, now)?;
            // One allocation has both the bytes and the count of who refers to them.
            (Bytes::from_owner(buffer), found)
        } else {
            let mut buffer: Vec<u8> = decoder.decode_type(text).map_err(|_| Refused::Malformed)?;
            let found = self.verify(&mut buffer, now)?;
            (Bytes::from(buffer), found)
        };
        payload.truncate(found.body.end);
        payload.advance(found.body.start);
        Ok(Opened {
            payload,
            issued: found.body.issued,
            expires: found.body.expires,
            stale: found.stale,
        })
    }

    /// Verifies a frame, and then looks at its times.
    #[inline]
    fn verify(&self, frame: &mut [u8], now: Timestamp) -> Result<Found, Refused> {
        let (version, id) = frame::head(frame).ok_or(Refused::Malformed)?;
        let (body, by_fallback) = match version {
            frame::VERSION => self.try_keys(id, |key| frame::open(key, frame))?,
            #[cfg(feature = "encryption")]
            encrypt::VERSION => self.try_keys(id, |key| encrypt::open(key, frame))?,
            _ => return Err(Refused::Malformed),
        };
        if body.expires.is_some_and(|expires| now > expires) {
            return Err(Refused::Expired);
        }
        if body.issued.unix() > now.unix().saturating_add(SKEW) {
            return Err(Refused::Future);
        }
        Ok(Found {
            body,
            stale: by_fallback || version != self.version,
        })
    }

    /// The first key of this id that opens, and whether it was a fallback. Ids are short, so two keys may share one.
    #[inline]
    fn try_keys(
        &self,
        id: KeyId,
        mut open: impl FnMut(&Key) -> Result<Body, Refused>,
    ) -> Result<(Body, bool), Refused> {
        let primary = std::iter::once((&self.primary, false));
        let mut reason = Refused::Forged;
        for (key, fallback) in primary.chain(self.fallbacks.iter().map(|key| (key, true))) {
            if key.id != id {
                continue;
            }
            match open(key) {
                Ok(body) => return Ok((body, fallback)),
                Err(err) => reason = err,
            }
        }
        Err(reason)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}

/// Without the payload, which is the visitor's.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod forgery;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
