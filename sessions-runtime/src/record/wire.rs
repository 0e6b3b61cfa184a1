//! Numbers, and bytes behind their length, as they are in a record.
//!
//! Numbers up to 250 are one byte; 251, 252 and 253 announce two, four and eight bytes, the lowest first.

/// What is wrong with a record.
pub(super) type Result<T> = std::result::Result<T, &'static str>;

const SHORT: &str = "an early end";
/// The largest number that is one byte.
const SMALL: u8 = 250;

/// What is left of a record that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// What begins at a place.
    pub(super) fn at(bytes: &'a [u8], place: usize) -> Self {
        Self {
            rest: bytes.get(place..).unwrap_or_default(),
        }
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8> {
        let (byte, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*byte)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(SHORT)?;
        self.rest = rest;
        Ok(array)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Result<u64> {
        match self.byte()? {
            small @ ..=SMALL => Ok(u64::from(small)),
            wide => self.wide_number(wide),
        }
    }

    fn wide_number(&mut self, announced: u8) -> Result<u64> {
        match announced {
            251 => self.array().map(|bytes| u64::from(u16::from_le_bytes(*bytes))),
            252 => self.array().map(|bytes| u64::from(u32::from_le_bytes(*bytes))),
            253 => self.array().map(|bytes| u64::from_le_bytes(*bytes)),
            _ => Err("no number"),
        }
    }

    /// Bytes behind their length; says whether that takes more bytes than it needs.
    #[inline]
    pub(super) fn bytes_or_loose(&mut self, loose: &mut bool) -> Result<&'a [u8]> {
        if let Some(bytes) = self.few_bytes() {
            return Ok(bytes);
        }
        let before = self.rest.len();
        let bytes = self.many_bytes()?;
        *loose |= before - self.rest.len() != len(bytes);
        Ok(bytes)
    }

    /// Bytes behind their length.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
        self.bytes_or_loose(&mut false)
    }

    /// Bytes whose length is one byte, which is nearly always so.
    #[inline]
    fn few_bytes(&mut self) -> Option<&'a [u8]> {
        let (len @ ..=SMALL, rest) = self.rest.split_first()? else {
            return None;
        };
        let (bytes, rest) = rest.split_at_checked(usize::from(*len))?;
        self.rest = rest;
        Some(bytes)
    }

    #[cold]
    fn many_bytes(&mut self) -> Result<&'a [u8]> {
        let len = usize::try_from(self.number()?).map_err(|_| SHORT)?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(SHORT)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// Where a record goes.
pub(super) trait Out {
    fn put(&mut self, bytes: &[u8]);

    #[inline]
    fn number(&mut self, number: u64) {
        let [a, b, c, d, ..] = number.to_le_bytes();
        match number {
            0..=250 => self.put(&[a]),
            251..=0xffff => self.put(&[251, a, b]),
            0x1_0000..=0xffff_ffff => self.put(&[252, a, b, c, d]),
            _ => {
                self.put(&[253]);
                self.put(&number.to_le_bytes());
            }
        }
    }

    /// Bytes behind their length.
    #[inline]
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.put(bytes);
    }
}

impl Out for Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// How long bytes are behind their length.
#[inline]
pub(super) fn len(bytes: &[u8]) -> usize {
    let announced = match bytes.len() as u64 {
        0..=250 => 1,
        251..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    };
    announced + bytes.len()
}
