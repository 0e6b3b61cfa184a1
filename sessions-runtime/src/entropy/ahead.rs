//! Random bytes that are drawn before they are needed.

use std::cell::RefCell;

use super::{Entropy, system};
use crate::error::SessionError;

/// Random bytes for what is no secret once it is used: nonces, and versions of records.
///
/// Those of the operating system are drawn ahead, many at a time: to ask it takes half a microsecond, a seventh of an
/// encrypted write. Ids and keys are never taken from here, so that none lies in memory before its time.
///
/// # Errors
///
/// A failing generator.
pub(crate) fn public<const N: usize>(entropy: Entropy) -> Result<[u8; N], SessionError> {
    thread_local! {
        static AHEAD: RefCell<Ahead> = const { RefCell::new(Ahead::new(system)) };
    }
    if std::ptr::fn_addr_eq(entropy, system as Entropy) {
        return AHEAD.with_borrow_mut(Ahead::take);
    }
    let mut bytes = [0; N];
    entropy(&mut bytes)?;
    Ok(bytes)
}

/// Random bytes of which none is given away twice.
struct Ahead {
    entropy: Entropy,
    bytes: [u8; 512],
    /// How many have not been given away.
    left: usize,
}

impl Ahead {
    const fn new(entropy: Entropy) -> Self {
        Self {
            entropy,
            bytes: [0; 512],
            left: 0,
        }
    }

    /// The next ones. A failing generator is an error, never bytes that may repeat.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SessionError> {
        loop {
            if let Some((rest, taken)) = self
                .bytes
                .get(..self.left)
                .and_then(<[u8]>::split_last_chunk::<N>)
            {
                let taken = *taken;
                self.left = rest.len();
                return Ok(taken);
            }
            const { assert!(N <= 512, "more than are drawn at once") };
            self.left = 0;
            (self.entropy)(&mut self.bytes)?;
            self.left = self.bytes.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashSet;

    use super::*;
    use crate::error::ErrorKind;

    thread_local! {
        static DRAWN: Cell<u8> = const { Cell::new(0) };
    }

    /// Fills with how often it was asked, and fails after the second time.
    fn counting(buffer: &mut [u8]) -> Result<(), SessionError> {
        DRAWN.set(DRAWN.get() + 1);
        if DRAWN.get() > 2 {
            return Err(SessionError::new(ErrorKind::Entropy, "no entropy"));
        }
        buffer.fill(DRAWN.get());
        Ok(())
    }

    /// S1, V35
    #[test]
    fn bytes_drawn_ahead_do_not_repeat() {
        let mut seen = HashSet::new();
        let mut ones = [0_u32; 96];
        for _ in 0..10_000 {
            let bytes: [u8; 12] = public(system).unwrap();
            for (bit, count) in ones.iter_mut().enumerate() {
                *count += u32::from(bytes[bit / 8] >> (bit % 8) & 1);
            }
            assert!(seen.insert(bytes));
        }
        // Ten standard deviations around one half.
        assert!(
            ones.iter().all(|count| (4_500..=5_500).contains(count)),
            "{ones:?}"
        );
    }

    /// S2
    #[test]
    fn after_the_last_byte_a_failing_generator_is_an_error() {
        let mut ahead = Ahead::new(counting);
        for drawn in [1, 2] {
            for _ in 0..512 / 12 {
                assert_eq!(ahead.take::<12>().unwrap(), [drawn; 12]);
            }
        }
        for _ in 0..2 {
            assert_eq!(ahead.take::<12>().unwrap_err().kind(), ErrorKind::Entropy);
        }
    }

    /// S2
    #[test]
    fn another_generator_than_the_systems_is_asked_each_time() {
        assert_eq!(public::<8>(counting).unwrap(), [1; 8]);
        assert_eq!(public::<8>(counting).unwrap(), [2; 8]);
        assert!(public::<8>(counting).is_err());
    }
}
