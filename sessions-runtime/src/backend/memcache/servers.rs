//! Which server a record is on: the one whose hash together with the key's is highest.

use sha2::{Digest, Sha256};

use crate::id::StoreKey;

/// The share of a server: a number from its name.
///
/// Rendezvous hashing: the order of the list does not matter, and a server that comes or goes takes only its own share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share(u64);

impl Share {
    pub(super) fn new(name: &str) -> Self {
        let digest = Sha256::digest(name.as_bytes());
        Self(leading(&digest))
    }

    /// How much this server wants a key.
    fn weight(self, key: &StoreKey) -> u64 {
        // The finaliser of splitmix64: each bit of the result depends on each bit of name and key.
        let mut bits = self.0 ^ leading(key.as_bytes());
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// The position of the server that has a key.
pub(super) fn pick(shares: impl IntoIterator<Item = Share>, key: &StoreKey) -> usize {
    let shares = shares.into_iter().enumerate();
    let first = shares.max_by_key(|(_, share)| (share.weight(key), share.0));
    first.map_or(0, |(position, _)| position)
}

fn leading(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["cache-1:11211", "cache-2:11211", "10.0.0.3:11211", "[::1]:11212"];

    fn keys() -> impl Iterator<Item = StoreKey> {
        (0..10_000_u32).map(|number| StoreKey::from_bytes(Sha256::digest(number.to_be_bytes()).into()))
    }

    fn name<'a>(names: &[&'a str], key: &StoreKey) -> &'a str {
        names[pick(names.iter().map(|name| Share::new(name)), key)]
    }

    #[test]
    fn every_server_has_its_share() {
        for server in NAMES {
            let share = keys().filter(|key| name(&NAMES, key) == server).count();
            assert!((2_300..2_700).contains(&share), "{server}: {share}");
        }
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let mut turned = NAMES;
        turned.reverse();
        assert!(keys().all(|key| name(&NAMES, &key) == name(&turned, &key)));
    }

    /// A server that is taken out, or comes in, moves its own share only.
    #[test]
    fn a_server_takes_only_its_own_share() {
        for (position, server) in NAMES.iter().enumerate() {
            let mut rest = NAMES.to_vec();
            rest.remove(position);
            for key in keys() {
                let before = name(&NAMES, &key);
                assert!(before == *server || before == name(&rest, &key));
            }
        }
    }

    #[test]
    fn places_are_frozen() {
        // Another number here moves sessions to servers that do not have them: every visitor would be signed out.
        let places: Vec<_> = keys()
            .take(16)
            .map(|key| pick(NAMES.map(Share::new), &key))
            .collect();
        assert_eq!(places, [2, 3, 2, 3, 0, 0, 1, 3, 3, 2, 3, 2, 3, 3, 3, 1]);
    }
}
