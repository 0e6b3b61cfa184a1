//! Handlers that a macro writes, from a caller's body or from its own.
#![deny(warnings)]
use sessions_runtime::with_sessions;

macro_rules! from_block {
    ($name:ident, $body:block) => {
        #[with_sessions]
        #[session(name = "basket", backend = "memory")]
        async fn $name() -> String $body
    };
}
from_block!(block, { session.name().to_owned() + basket.name() });
from_block!(only_in_a_text, { format!("{session:?}{basket:?}") });

macro_rules! from_tokens {
    ($($body:tt)*) => {
        #[with_sessions]
        async fn tokens() -> String {
            $($body)*
        }
    };
}
from_tokens!(let name = session.name(); name.to_owned());

macro_rules! whole {
    ($name:ident, $key:literal) => {
        #[with_sessions]
        async fn $name() -> String {
            session.remove($key);
            session.name().to_owned()
        }
    };
}
whole!(from_literal, "a");

#[with_sessions]
async fn macro_inside() -> String {
    macro_rules! name {
        () => {
            session.name()
        };
    }
    name!().to_owned()
}

#[with_sessions]
async fn nested_macros_and_closures() -> String {
    let name = || format!("{}", [session.name()].concat());
    name()
}

fn main() {
    let _ = (block, only_in_a_text, tokens, from_literal, macro_inside, nested_macros_and_closures);
}
