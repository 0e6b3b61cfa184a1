//! A running shop, on one of the backends it can have.

use crate::support::daemon;
use crate::support::program::{Directory, Program};

pub(crate) const EXAMPLE: &str = "shop";

/// Where the server sessions are. Tests that say something about sessions run on each.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Sqlite,
    Memcached,
    Redis,
}

impl Place {
    /// The variables that choose it.
    fn variables(self) -> Vec<(&'static str, String)> {
        let backend = match self {
            Self::Sqlite => return Vec::new(),
            Self::Memcached => format!("memcache://{}", daemon::shared("MEMCACHED_ADDR")),
            Self::Redis => format!("redis://{}", daemon::shared("REDIS_ADDR")),
        };
        vec![("SHOP_BACKEND", backend)]
    }
}

/// The program, and the directory with its files.
pub(crate) struct Shop {
    program: Program,
    directory: Directory,
    place: Place,
}

impl Shop {
    /// Opens in an empty directory.
    pub(crate) fn open(place: Place, test: &str) -> Self {
        Self::open_in(Directory::new(&format!("{test}-{place:?}")), place)
    }

    fn open_in(directory: Directory, place: Place) -> Self {
        let variables = place.variables();
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Self {
            program: Program::start(EXAMPLE, &directory, &variables),
            directory,
            place,
        }
    }

    /// Ends as by Ctrl-C and opens again, on another port.
    pub(crate) fn reopen(self) -> Self {
        assert!(self.program.interrupt().success());
        Self::open_in(self.directory, self.place)
    }

    /// Ends as by a crash and opens again, on another port.
    pub(crate) fn reopen_after_a_crash(self) -> Self {
        self.program.stop();
        Self::open_in(self.directory, self.place)
    }

    /// `http://127.0.0.1:port`
    pub(crate) fn origin(&self) -> String {
        self.program.url("")
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Ends, and gives what it wrote to standard error.
    pub(crate) fn log(self) -> String {
        self.program.stop()
    }
}
