//! What one handler declares, registered at link time so that start-up can check it.

use crate::backend::BackendName;
use crate::config::Options;
use crate::typed::Data;

/// The declarations of one handler.
#[derive(Debug)]
pub struct Plan {
    /// The handler's name.
    pub handler: &'static str,
    /// Its module's path.
    pub module: &'static str,
    /// Its file.
    pub file: &'static str,
    /// Its line.
    pub line: u32,
    /// The sessions it declares, in the order of their slots.
    pub sessions: &'static [Use],
    /// Whether its body mentions `session_store`.
    pub store: bool,
    /// `save = "always"`: also responses of 500 and above save.
    pub save_always: bool,
}

impl Plan {
    /// Whether the body mentions the store or any session.
    #[inline]
    pub(super) fn mentions_any(&self) -> bool {
        self.store || self.sessions.iter().any(|one| one.load || one.store)
    }
}

/// One session that a handler declares.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Its name, where the handler says one; otherwise that of its type, or else the application's default session.
    pub name: Option<&'static str>,
    /// The type that it is read as.
    pub data: Option<&'static Data>,
    /// Its backend, where the handler says one.
    pub backend: Option<&'static BackendName>,
    /// Whether the body mentions it, so that it is loaded.
    pub load: bool,
    /// It is no session but the store, under a name of the application's own, and the body mentions it.
    pub store: bool,
    /// What else the handler says.
    pub options: Options,
    /// The line of the declaration.
    pub line: u32,
}

impl Use {
    /// Nothing said.
    pub const NONE: Self = Self {
        name: None,
        data: None,
        backend: None,
        load: false,
        store: false,
        options: Options::NONE,
        line: 0,
    };

    /// A parameter that is bound by its name where it is an untyped session, and by its type where it is not: then the
    /// name says nothing.
    #[must_use]
    pub const fn by_type(self, binds: Binds) -> Self {
        match binds {
            Binds::Name => self,
            Binds::Store => Self {
                store: self.load,
                ..Self::NONE
            },
            Binds::Type(data) => Self {
                name: None,
                data: Some(data),
                ..self
            },
        }
    }

    /// A parameter that has the name of the default session: where it is not that session, the default session's options
    /// are not its own.
    #[must_use]
    pub const fn in_place(self, binds: Binds) -> Self {
        match binds {
            Binds::Name => self,
            Binds::Store | Binds::Type(_) => Self {
                load: self.load,
                line: self.line,
                ..Self::NONE
            }
            .by_type(binds),
        }
    }

    /// A session that an attribute declares, read as its parameter's type.
    #[must_use]
    pub const fn read_as(self, binds: Binds) -> Self {
        match binds {
            Binds::Type(data) => Self {
                data: Some(data),
                ..self
            },
            Binds::Name | Binds::Store => self,
        }
    }

    /// The session's name; `None` is the application's default session.
    pub(crate) const fn named(&self) -> Option<&'static str> {
        match (self.name, self.data) {
            (Some(name), _) => Some(name),
            (None, Some(data)) => Some(data.name),
            (None, None) => None,
        }
    }
}

/// What a type binds a parameter by.
#[derive(Clone, Copy, Debug)]
pub enum Binds {
    /// A session of the parameter's name.
    Name,
    /// The store.
    Store,
    /// The session that is defined on the type.
    Type(&'static Data),
}

/// Refuses, when the handler is compiled, a session that it binds twice: the same entries under two names would be read
/// twice, and the later save would win.
///
/// # Panics
///
/// In the compiler only, where it becomes an error of the handler.
pub const fn distinct(sessions: &[Use]) {
    let mut one = 0;
    while one < sessions.len() {
        let mut other = one + 1;
        while other < sessions.len() {
            if sessions[one].load
                && sessions[other].load
                && let (Some(left), Some(right)) = (sessions[one].named(), sessions[other].named())
                && same(left, right)
            {
                panic!(
                    "this handler binds one session twice: two of its types, names or parameters mean the same one"
                );
            }
            other += 1;
        }
        one += 1;
    }
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The closed set of backend names, as statics that expansions refer to.
pub mod role {
    use crate::backend::BackendName;

    /// In the cookie itself.
    pub static SECURECOOKIE: BackendName = BackendName::SECURECOOKIE;
    /// A database.
    pub static DATASTORE: BackendName = BackendName::DATASTORE;
    /// Memcached.
    pub static MEMCACHE: BackendName = BackendName::MEMCACHE;
    /// Redis.
    pub static REDIS: BackendName = BackendName::REDIS;
    /// The process's memory.
    pub static MEMORY: BackendName = BackendName::MEMORY;
}

/// Every annotated handler that is linked into the program, in no particular order.
#[linkme::distributed_slice]
pub static PLANS: [&'static Plan];
