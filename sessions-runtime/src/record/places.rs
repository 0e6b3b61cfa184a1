//! Where each of many entries begins, so that one is found by halving.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use super::wire::Reader;

/// Up to so many entries are looked through one by one, which is faster.
pub(super) const FEW: usize = 16;

/// The places of packed entries, in their order; of a few, none are kept.
///
/// Records are limited to a size that 32 bits hold.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Places(Option<Arc<[u32]>>);

impl Places {
    /// Looks for them.
    #[inline]
    pub(super) fn of(packed: &[u8], count: usize) -> Self {
        Self((count > FEW).then(|| {
            let mut reader = Reader { rest: packed };
            let next = |_| {
                let start = packed.len() - reader.rest.len();
                let _ = reader.bytes().and_then(|_| reader.bytes());
                short(start)
            };
            (0..count).map(next).collect()
        }))
    }

    #[inline]
    pub(super) fn are_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Where the first entry begins that does not compare as less; the first one of all, where none are kept.
    pub(super) fn first(&self, packed: &[u8], compare: impl Fn(&[u8]) -> Ordering) -> usize {
        let Some(places) = &self.0 else { return 0 };
        let name = |place: u32| Reader::at(packed, place as usize).bytes();
        let below = places.partition_point(|place| name(*place).is_ok_and(|name| compare(name).is_lt()));
        places.get(below).map_or(packed.len(), |place| *place as usize)
    }

    /// The places of `count` entries in `packed`, where an entry of `len` bytes is now in place of `old`: if these are none,
    /// it was put between others, and if `len` is none, one was taken out.
    pub(super) fn spliced(&self, packed: &[u8], count: usize, old: Range<usize>, len: usize) -> Self {
        let Some(places) = self.0.as_ref().filter(|_| count > FEW) else {
            return Self::of(packed, count);
        };
        // What lies behind has moved; to look for each place again takes three times as long.
        let (before, rest) = places.split_at(places.partition_point(|place| (*place as usize) < old.start));
        let after = rest.iter().skip(usize::from(!old.is_empty()));
        let moved = short(len).wrapping_sub(short(old.len()));
        let here = (len > 0).then(|| short(old.start));
        let before = before.iter().copied().chain(here);
        Self(Some(
            before
                .chain(after.map(|place| place.wrapping_add(moved)))
                .collect(),
        ))
    }
}

fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
