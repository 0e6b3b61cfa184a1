//! Typed sessions: a session as a value of a type of the application's own, defined once on that type.
//!
//! [`split`] takes a value apart into entries, [`open`] reads one from entries, [`difference`] compares two.

mod data;
mod difference;
mod faults;
mod join;
mod open;
mod session;
mod split;

use self::data::Storable;
pub use self::data::{Codec, Data, Defined, SessionData, TYPES, codec};
pub(crate) use self::difference::difference;
pub(crate) use self::open::Reading;
use self::open::open;
pub use self::session::TypedSession;
pub(crate) use self::split::Split;
