//! Who is measured.

/// On which side of the comparison a contender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The handler without sessions: what the others are compared with.
    Bare,
    /// The same with what any session would have to ask of a server.
    Floor,
    Ours,
    Theirs,
}

impl Kind {
    pub(crate) fn has_sessions(self) -> bool {
        matches!(self, Self::Ours | Self::Theirs)
    }
}

/// Whose program a contender is in, and so which bare handler it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Actix,
    Axum,
}

impl Framework {
    pub(crate) fn bare(self) -> &'static str {
        match self {
            Self::Actix => "bare",
            Self::Axum => "axum",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    pub(crate) framework: Framework,
}

impl Contender {
    const fn new(name: &'static str, label: &'static str, kind: Kind, framework: Framework) -> Self {
        Self {
            name,
            label,
            kind,
            framework,
        }
    }

    /// The work it does: the bare handlers have one kind only.
    pub(crate) fn works(&self) -> &'static [&'static str] {
        if self.kind == Kind::Bare {
            &["unused"]
        } else {
            &["unused", "read", "write"]
        }
    }

    pub(crate) fn named(name: &str) -> &'static Self {
        ALL.iter()
            .find(|contender| contender.name == name)
            .expect("a contender")
    }
}

use Framework::{Actix, Axum};
use Kind::{Bare, Floor, Ours, Theirs};

/// In the order of tables and charts.
pub(crate) const ALL: [Contender; 15] = [
    Contender::new("bare", "bare actix-web", Bare, Actix),
    Contender::new("sealed", "sealed cookie", Ours, Actix),
    Contender::new("encrypted", "encrypted cookie", Ours, Actix),
    Contender::new("memory", "memory", Ours, Actix),
    Contender::new("datastore", "datastore (SQLite)", Ours, Actix),
    Contender::new("memcache", "memcache", Ours, Actix),
    Contender::new("redis", "redis", Ours, Actix),
    Contender::new(
        "actix-session-signed",
        "actix-session, signed cookie",
        Theirs,
        Actix,
    ),
    Contender::new(
        "actix-session-private",
        "actix-session, private cookie",
        Theirs,
        Actix,
    ),
    Contender::new("actix-session-redis", "actix-session, Redis", Theirs, Actix),
    Contender::new("sealed-floor", "only libraries, sealed cookie", Floor, Actix),
    Contender::new("redis-floor", "only the commands to Redis", Floor, Actix),
    Contender::new("axum", "bare axum", Bare, Axum),
    Contender::new("tower-memory", "tower-sessions, memory", Theirs, Axum),
    Contender::new("tower-sqlite", "tower-sessions, SQLite", Theirs, Axum),
];
