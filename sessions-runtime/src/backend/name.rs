//! Names of backends: five roles, and whatever an application adds.

use std::borrow::Cow;
use std::fmt;

/// The name under which handlers and configuration speak of a backend.
///
/// The five built-in names are roles, not products: `datastore` is whatever database the application configures. A
/// backend of the application's own has a constant, which the attribute macro takes in place of a literal.
///
/// # Examples
///
/// ```
/// use sessions_runtime::BackendName;
///
/// const AUDIT: BackendName = BackendName::new("audit");
/// assert_eq!(AUDIT.as_str(), "audit");
/// assert_eq!(BackendName::from("redis"), BackendName::REDIS);
/// assert_eq!(BackendName::DATASTORE.to_string(), "datastore");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackendName(Cow<'static, str>);

impl BackendName {
    /// In the cookie itself: signed, optionally encrypted, nothing on the server.
    pub const SECURECOOKIE: Self = Self::new("securecookie");
    /// The database, in a file or on a server.
    pub const DATASTORE: Self = Self::new("datastore");
    /// Memcached servers.
    pub const MEMCACHE: Self = Self::new("memcache");
    /// A Redis server.
    pub const REDIS: Self = Self::new("redis");
    /// The memory of this process; see [`Memory`](crate::Memory).
    pub const MEMORY: Self = Self::new("memory");

    /// A name of the application's own, or one of the roles.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::BackendName;
    ///
    /// assert_eq!(BackendName::new("memory"), BackendName::MEMORY);
    /// ```
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::BackendName::MEMCACHE.as_str(), "memcache");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The built-in names, in the order messages list them.
    pub(crate) const ROLES: [&'static str; 5] = ["securecookie", "datastore", "memcache", "redis", "memory"];

    /// The built-in name that was probably meant, for a did-you-mean.
    pub(crate) fn nearest(name: &str) -> Option<&'static str> {
        // A third of the letters may be wrong: a short word is only a few letters away from every other one.
        let limit = (name.len() / 3).max(1);
        Self::ROLES
            .into_iter()
            .map(|role| (distance(name, role), role))
            .filter(|(distance, _)| *distance <= limit)
            .min()
            .map(|(_, role)| role)
    }
}

impl From<&'static str> for BackendName {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl From<String> for BackendName {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl From<&Self> for BackendName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    // More than any role's length plus the bound can only be further away; keeps the cost small for any input.
    if from.len() > 16 {
        return usize::MAX;
    }
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut left_of = None;
    for (row, &here) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut above_left = None;
        for (column, &there) in to.iter().enumerate() {
            let cost =
                |line: &[usize], at: usize, more: usize| line.get(at).map_or(usize::MAX, |cost| cost + more);
            let mut best = cost(&last, column, usize::from(here != there))
                .min(cost(&last, column + 1, 1))
                .min(cost(&current, column, 1));
            if left_of == Some(there) && above_left == Some(here) && column > 0 {
                best = best.min(cost(&before_last, column - 1, 1));
            }
            current.push(best);
            above_left = Some(there);
        }
        before_last = std::mem::replace(&mut last, current);
        left_of = Some(here);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_roles_find_the_role_that_was_meant() {
        assert_eq!(BackendName::nearest("securecooki"), Some("securecookie"));
        assert_eq!(BackendName::nearest("datastroe"), Some("datastore"));
        assert_eq!(BackendName::nearest("memcached"), Some("memcache"));
        assert_eq!(BackendName::nearest("Redis"), Some("redis"));
        assert_eq!(BackendName::nearest("memroy"), Some("memory"));
    }

    #[test]
    fn other_names_find_nothing() {
        assert_eq!(BackendName::nearest("postgres"), None);
        assert_eq!(BackendName::nearest("audit"), None);
        assert_eq!(BackendName::nearest(""), None);
        assert_eq!(BackendName::nearest(&"memory".repeat(10_000)), None);
    }

    #[test]
    fn distance_counts_single_edits() {
        assert_eq!(distance("redis", "redis"), 0);
        assert_eq!(distance("rdeis", "redis"), 1);
        assert_eq!(distance("redi", "redis"), 1);
        assert_eq!(distance("reddis", "redis"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn roles_are_the_constants() {
        let constants = [
            BackendName::SECURECOOKIE,
            BackendName::DATASTORE,
            BackendName::MEMCACHE,
            BackendName::REDIS,
            BackendName::MEMORY,
        ];
        assert_eq!(constants.each_ref().map(BackendName::as_str), BackendName::ROLES);
    }
}
