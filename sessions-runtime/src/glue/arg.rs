//! What the parameters of a handler are: one marker each, in a tuple, from which the runtime makes what the handler is
//! called with.
//!
//! So an expansion says only what its parameters are, and everything that is done with them is compiled once, here.

use actix_web::FromRequest;

use super::scope::Scope;
use crate::error::SessionError;
use crate::session::Session;
use crate::store::SessionStore;

/// A parameter; or several, as a tuple.
pub trait Arg: 'static {
    /// What is extracted from the request, in front of what is extracted for the parameters behind it.
    ///
    /// Pairs of pairs, because actix-web extracts a pair at once, as it does the parameters of its own handlers, and
    /// because a parameter of which nothing is extracted leaves no trace in them.
    type Joined<Rest: FromRequest + 'static>: FromRequest + 'static;

    /// What was extracted.
    type Extracted;

    /// What lives in the request while the handler runs.
    type Bound;

    /// What the handler gets.
    type Value<'s>;

    /// Takes what was extracted for this parameter.
    fn split<Rest: FromRequest + 'static>(joined: Self::Joined<Rest>) -> (Self::Extracted, Rest);

    /// Reads the value from the loaded sessions.
    ///
    /// # Errors
    ///
    /// As [`FromScope::open`](super::FromScope::open).
    fn open(&self, scope: &Scope) -> Result<Self::Bound, SessionError>;

    /// The value for the handler.
    fn value<'s>(
        &self,
        extracted: Self::Extracted,
        bound: &'s mut Self::Bound,
        scope: &'s Scope,
    ) -> Self::Value<'s>;

    /// Hands what was changed in it to its session.
    ///
    /// # Errors
    ///
    /// A value whose own `Serialize` fails, and a session that is read-only.
    fn settle(bound: &Self::Bound) -> Result<(), SessionError>;
}

/// `&Session`: the session in this slot.
#[derive(Clone, Copy, Debug)]
pub struct Slot(pub usize);

/// `&SessionStore`.
#[derive(Clone, Copy, Debug)]
pub struct Store;

/// What an argument has that is neither extracted nor read: the request holds it.
macro_rules! held {
    () => {
        type Joined<Rest: FromRequest + 'static> = Rest;
        type Extracted = ();
        type Bound = ();

        #[inline]
        fn split<Rest: FromRequest + 'static>(joined: Rest) -> ((), Rest) {
            ((), joined)
        }

        #[inline]
        fn open(&self, _: &Scope) -> Result<(), SessionError> {
            Ok(())
        }

        #[inline]
        fn settle((): &()) -> Result<(), SessionError> {
            Ok(())
        }
    };
}

impl Arg for Slot {
    type Value<'s> = &'s Session;

    held!();

    #[inline]
    fn value<'s>(&self, (): (), (): &'s mut (), scope: &'s Scope) -> &'s Session {
        scope.session(self.0)
    }
}

impl Arg for Store {
    type Value<'s> = &'s SessionStore;

    held!();

    #[inline]
    fn value<'s>(&self, (): (), (): &'s mut (), scope: &'s Scope) -> &'s SessionStore {
        scope.store()
    }
}

/// What is extracted for the first of these, in front of that for the second, and so on.
macro_rules! joined {
    ($rest:ident) => { $rest };
    ($rest:ident $first:ident $($others:ident)*) => {
        $first::Joined<joined!($rest $($others)*)>
    };
}

macro_rules! tuple {
    ($($arg:ident $index:tt)*) => {
        #[allow(
            non_snake_case,
            unused_variables,
            clippy::unused_unit,
            reason = "the type parameters name the variables, and no parameters at all are a tuple, too"
        )]
        impl<$($arg: Arg),*> Arg for ($($arg,)*) {
            type Joined<Rest: FromRequest + 'static> = joined!(Rest $($arg)*);
            type Extracted = ($($arg::Extracted,)*);
            type Bound = ($($arg::Bound,)*);
            type Value<'s> = ($($arg::Value<'s>,)*);

            #[inline]
            fn split<Rest: FromRequest + 'static>(joined: Self::Joined<Rest>) -> (Self::Extracted, Rest) {
                $(let ($arg, joined) = $arg::split(joined);)*
                (($($arg,)*), joined)
            }

            #[inline]
            fn open(&self, scope: &Scope) -> Result<Self::Bound, SessionError> {
                Ok(($(self.$index.open(scope)?,)*))
            }

            #[inline]
            fn value<'s>(
                &self,
                extracted: Self::Extracted,
                bound: &'s mut Self::Bound,
                scope: &'s Scope,
            ) -> Self::Value<'s> {
                ($(self.$index.value(extracted.$index, &mut bound.$index, scope),)*)
            }

            #[inline]
            fn settle(bound: &Self::Bound) -> Result<(), SessionError> {
                $($arg::settle(&bound.$index)?;)*
                Ok(())
            }
        }
    };
}

tuples!(tuple);
