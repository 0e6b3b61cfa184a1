//! What is decided before the first request: settings, their check against the linked handlers, and each session's
//! definition.

mod builder;
mod declared;
mod definition;
mod file;
mod options;
mod settings;
mod verify;

pub use self::builder::SessionsBuilder;
pub(crate) use self::definition::{Definition, LONGEST, Place, Rules};
pub use self::file::SessionsConfig;
pub use self::options::Options;
pub use self::settings::{ConflictRule, OnOutage, SessionSettings};
