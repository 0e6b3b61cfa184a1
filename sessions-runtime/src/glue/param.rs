//! Parameters by reference: what their types bind, and the values that live in the request while the handler runs.

use super::plan::Binds;
use super::scope::Scope;
use crate::error::SessionError;
use crate::record::Entries;
use crate::session::Session;
use crate::store::SessionStore;
use crate::typed::{Defined, Reading, Split, difference};

/// A type that a reference parameter can be bound to.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` is not a session",
    label = "a parameter by reference is bound to a session",
    note = "use `&Session`, `&SessionStore`, or a type with `#[derive(SessionData)]`; an extractor is taken by value"
)]
pub trait FromScope: Sized + 'static {
    /// What decides which session it is.
    const BINDS: Binds;

    /// The value for one request.
    ///
    /// # Errors
    ///
    /// A session that is closed, and a value whose own `Serialize` fails.
    fn open(scope: &Scope, slot: usize, exclusive: bool) -> Result<Bound<Self>, SessionError>;
}

impl FromScope for Session {
    const BINDS: Binds = Binds::Name;

    fn open(scope: &Scope, slot: usize, _: bool) -> Result<Bound<Self>, SessionError> {
        Ok(Bound::plain(scope.session(slot).clone()))
    }
}

impl FromScope for SessionStore {
    const BINDS: Binds = Binds::Store;

    fn open(scope: &Scope, _: usize, _: bool) -> Result<Bound<Self>, SessionError> {
        Ok(Bound::plain(scope.store().clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Defined> FromScope for T {
    const BINDS: Binds = Binds::Type(T::DATA);

    fn open(scope: &Scope, slot: usize, exclusive: bool) -> Result<Bound<Self>, SessionError> {
        // What the body does not mention is not loaded, and nobody looks at this value.
        let Some(session) = scope.loaded(slot) else {
            return Ok(Bound::plain((T::CODEC.default)()));
        };
        let stored = session.entries()?;
        let opened = (T::CODEC.open)(&stored, session.name());
        let mut bound = Bound::plain(opened.value);
        if exclusive {
            bound.watched = Some(Watched {
                before: (T::CODEC.split)(&bound.value)?,
                life: session.life(),
                session: session.clone(),
                stored,
                reading: opened.reading,
                split: T::CODEC.split,
            });
        }
        Ok(bound)
    }
}

/// One parameter by reference. It says nothing about what its type must be: [`shared`] and [`exclusive`] do, so that a
/// mistake is one error.
#[derive(Debug)]
pub struct Param<T> {
    /// What decides which session it is.
    pub binds: Binds,
    slot: usize,
    exclusive: bool,
    open: fn(&Scope, usize, bool) -> Result<Bound<T>, SessionError>,
}

/// A parameter `&T`.
pub const fn shared<T: FromScope>(slot: usize) -> Param<T> {
    Param {
        binds: T::BINDS,
        slot,
        exclusive: false,
        open: T::open,
    }
}

/// A parameter `&mut T`.
pub const fn exclusive<T: Defined>(slot: usize) -> Param<T> {
    Param {
        binds: Binds::Type(T::DATA),
        slot,
        exclusive: true,
        open: <T as FromScope>::open,
    }
}

/// The value behind a parameter, while the handler runs.
#[derive(Debug)]
pub struct Bound<T> {
    value: T,
    watched: Option<Watched<T>>,
}

/// What a value is compared with when the handler has returned.
#[derive(Debug)]
struct Watched<T> {
    session: Session,
    life: u32,
    stored: Entries,
    reading: Reading,
    before: Split,
    split: fn(&T) -> Result<Split, SessionError>,
}

impl<T> Bound<T> {
    fn plain(value: T) -> Self {
        Self { value, watched: None }
    }

    /// What the handler gets.
    #[inline]
    pub fn bind(&mut self) -> &mut T {
        &mut self.value
    }
}

/// The parameters by reference of one handler.
pub trait Params {
    /// Their values.
    type Bound;

    /// Reads the values from the loaded sessions.
    ///
    /// # Errors
    ///
    /// As [`FromScope::open`].
    fn open(&self, scope: &Scope) -> Result<Self::Bound, SessionError>;

    /// Hands what was changed in them to their sessions.
    ///
    /// # Errors
    ///
    /// A value whose own `Serialize` fails, and a session that is read-only.
    fn settle(bound: &Self::Bound) -> Result<(), SessionError>;
}

impl<T> Params for Param<T> {
    type Bound = Bound<T>;

    fn open(&self, scope: &Scope) -> Result<Bound<T>, SessionError> {
        (self.open)(scope, self.slot, self.exclusive)
    }

    fn settle(bound: &Bound<T>) -> Result<(), SessionError> {
        let Some(watched) = &bound.watched else {
            return Ok(());
        };
        let after = (watched.split)(&bound.value)?;
        let changes = difference(&watched.before, &after, &watched.stored, &watched.reading);
        if changes.is_empty() {
            return Ok(());
        }
        if watched.session.life() != watched.life {
            tracing::warn!(
                session = %watched.session.name(),
                "changes of a typed session are dropped, because it was destroyed while the handler ran"
            );
            return Ok(());
        }
        watched.session.change(&changes)
    }
}

macro_rules! tuples {
    ($(($($param:ident)*))*) => {
        $(
            #[allow(non_snake_case, reason = "the type parameters name the variables")]
            impl<$($param: Params),*> Params for ($($param,)*) {
                type Bound = ($($param::Bound,)*);

                #[allow(unused_variables, clippy::unused_unit, reason = "no parameters at all are a tuple, too")]
                #[inline]
                fn open(&self, scope: &Scope) -> Result<Self::Bound, SessionError> {
                    let ($($param,)*) = self;
                    Ok(($($param.open(scope)?,)*))
                }

                #[inline]
                fn settle(bound: &Self::Bound) -> Result<(), SessionError> {
                    let ($($param,)*) = bound;
                    $(<$param as Params>::settle($param)?;)*
                    Ok(())
                }
            }
        )*
    };
}

// Larger ones consist of tuples, as those of extractors do.
tuples! {
    ()
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
    (A B C D E F G H I J K L M)
    (A B C D E F G H I J K L M N)
    (A B C D E F G H I J K L M N O)
    (A B C D E F G H I J K L M N O P)
}
