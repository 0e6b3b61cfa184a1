//! What the attribute's expansion calls: plans registered at link time, and the one function around every handler.

mod extract;
mod message;
mod param;
mod parts;
mod plan;
mod respond;
mod run;
mod scope;

pub use self::extract::{Answers, Extract, Given, NoExtractor, Probe, StandIn, extractor};
pub use self::message::{FlashValue, Shown, shown};
pub use self::param::{FromScope, Param, exclusive, shared};
pub use self::parts::Parts;
pub use self::plan::{Binds, PLANS, Plan, Use, distinct, role};
pub use self::respond::{Respond, respond};
pub use self::run::run;
pub use self::scope::Scope;
