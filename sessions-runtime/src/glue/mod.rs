//! What the attribute's expansion calls: plans registered at link time, and the one function around every handler.

/// Gives a macro the parameters of every number that a function around the user's may have; one with more has several in
/// a tuple, as the macro of the attribute writes it.
macro_rules! tuples {
    ($macro:ident) => {
        $macro!();
        $macro!(A 0);
        $macro!(A 0 B 1);
        $macro!(A 0 B 1 C 2);
        $macro!(A 0 B 1 C 2 D 3);
        $macro!(A 0 B 1 C 2 D 3 E 4);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11 N 12);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11 N 12 O 13);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11 N 12 O 13 P 14);
        $macro!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11 N 12 O 13 P 14 Q 15);
    };
}

mod arg;
mod extract;
mod handler;
mod message;
mod param;
mod parts;
mod plan;
mod respond;
mod run;
mod scope;

pub use self::arg::{Arg, Slot, Store};
pub use self::extract::{Extract, Extracted, NoExtractor, Probe, StandIn};
pub use self::handler::{Closure, Handler, closure};
pub use self::message::{FlashValue, Shown, shown};
pub use self::param::{Exclusive, FromScope, Shared, exclusive, shared};
pub use self::parts::Parts;
pub use self::plan::{Binds, PLANS, Plan, Use, distinct, role};
pub use self::respond::{Respond, respond};
pub use self::run::{Call, Unanswered};
pub use self::scope::{Scope, in_the_handler_only};
