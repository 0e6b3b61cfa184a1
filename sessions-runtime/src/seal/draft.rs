//! A frame on its way out: begun, filled with its payload, sealed, spelt.

use super::Sealer;
#[cfg(feature = "encryption")]
use super::encrypt;
use super::frame;
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::error::SessionError;

/// A frame whose payload is being written. Dropped, it was never there.
pub(crate) struct Draft {
    frame: Vec<u8>,
    /// Where the payload begins.
    start: usize,
}

impl Draft {
    /// Where the payload is appended. What is there already stays as it is.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.frame
    }

    /// What was appended.
    pub(crate) fn payload(&self) -> &[u8] {
        self.frame.get(self.start..).unwrap_or_default()
    }
}

/// A sealed frame, to be spelt into a line.
pub(crate) struct Frame(Vec<u8>);

impl Frame {
    /// How long its text is.
    pub(crate) fn text_len(&self) -> usize {
        base64_simd::URL_SAFE_NO_PAD.encoded_length(self.0.len())
    }

    /// Appends its text.
    pub(crate) fn append_to(&self, out: &mut String) {
        base64_simd::URL_SAFE_NO_PAD.encode_append(&self.0, out);
    }
}

impl Sealer {
    /// Begins a frame.
    #[cfg_attr(
        not(feature = "encryption"),
        expect(
            unused_variables,
            clippy::unnecessary_wraps,
            reason = "only a nonce needs entropy, and that can fail"
        )
    )]
    pub(crate) fn draft(
        &self,
        issued: Timestamp,
        expires: Option<Timestamp>,
        entropy: Entropy,
    ) -> Result<Draft, SessionError> {
        let frame = match self.version {
            #[cfg(feature = "encryption")]
            encrypt::VERSION => encrypt::begin(&self.primary, issued, expires, entropy)?,
            _ => frame::begin(&self.primary, issued, expires),
        };
        let start = frame.len();
        Ok(Draft { frame, start })
    }

    /// Seals a frame with the newest key.
    #[cfg_attr(
        not(feature = "encryption"),
        expect(clippy::unnecessary_wraps, reason = "only what is encrypted can be too long")
    )]
    pub(crate) fn seal(&self, draft: Draft) -> Result<Frame, SessionError> {
        let mut frame = draft.frame;
        match self.version {
            #[cfg(feature = "encryption")]
            encrypt::VERSION => encrypt::finish(&self.primary, &mut frame)?,
            _ => frame::finish(&self.primary, &mut frame),
        }
        Ok(Frame(frame))
    }
}
