//! What the attribute's expansion calls: plans registered at link time, and the one function around every handler.

mod extract;
mod message;
mod parts;
mod plan;
mod respond;
mod run;
mod scope;

pub use self::extract::{Answers, Extract, Given, NoExtractor, Probe, StandIn, extractor};
pub use self::message::{FlashValue, Shown, shown};
pub use self::parts::Parts;
pub use self::plan::{Options, PLANS, Plan, Use, role};
pub use self::respond::{Respond, respond};
pub use self::run::run;
pub use self::scope::{FromScope, Scope};
