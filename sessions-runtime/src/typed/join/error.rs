//! Why a try to join a value failed.

use std::fmt;

use crate::value;

/// Why a value cannot be read from the entries that are there.
#[derive(Debug)]
pub(crate) enum JoinError {
    /// Nothing of it is stored.
    Absent,
    /// A field is not stored, and `#[serde(default)]` does not say what it is then.
    Missing(&'static str),
    /// A field is stored twice, under its name and under an alias.
    Duplicate,
    /// A value is not what the type wants.
    Refused(String),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("nothing of it is stored"),
            Self::Missing(field) => write!(f, "missing field `{field}`"),
            Self::Duplicate => f.write_str("a field is stored under two names"),
            Self::Refused(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for JoinError {}

impl serde::de::Error for JoinError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Refused(value::without_value(&text.to_string()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::Duplicate
    }
}
