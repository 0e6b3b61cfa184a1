//! Parameters by reference: what their types bind, and the values that live in the request while the handler runs.

use actix_web::FromRequest;

use super::arg::Arg;
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

/// A parameter by reference. It says nothing about what its type must be: [`shared`] and [`exclusive`] do, so that a
/// mistake is one error.
#[derive(Debug)]
struct Param<T> {
    binds: Binds,
    slot: usize,
    open: fn(&Scope, usize, bool) -> Result<Bound<T>, SessionError>,
}

/// A parameter `&T`.
#[derive(Debug)]
pub struct Shared<T>(Param<T>);

/// A parameter `&mut T`.
#[derive(Debug)]
pub struct Exclusive<T>(Param<T>);

/// A parameter `&T`.
pub const fn shared<T: FromScope>(slot: usize) -> Shared<T> {
    Shared(Param {
        binds: T::BINDS,
        slot,
        open: T::open,
    })
}

/// A parameter `&mut T`.
pub const fn exclusive<T: Defined>(slot: usize) -> Exclusive<T> {
    Exclusive(Param {
        binds: Binds::Type(T::DATA),
        slot,
        open: <T as FromScope>::open,
    })
}

impl<T> Shared<T> {
    /// What decides which session it is.
    pub const fn binds(&self) -> Binds {
        self.0.binds
    }
}

impl<T> Exclusive<T> {
    /// What decides which session it is.
    pub const fn binds(&self) -> Binds {
        self.0.binds
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

    /// Hands what was changed in it to its session.
    fn settle(&self) -> Result<(), SessionError> {
        let Some(watched) = &self.watched else {
            return Ok(());
        };
        let after = (watched.split)(&self.value)?;
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

impl<T: 'static> Arg for Shared<T> {
    type Joined<Rest: FromRequest + 'static> = Rest;
    type Extracted = ();
    type Bound = Bound<T>;
    type Value<'s> = &'s T;

    #[inline]
    fn split<Rest: FromRequest + 'static>(joined: Rest) -> ((), Rest) {
        ((), joined)
    }

    fn open(&self, scope: &Scope) -> Result<Bound<T>, SessionError> {
        (self.0.open)(scope, self.0.slot, false)
    }

    #[inline]
    fn value<'s>(&self, (): (), bound: &'s mut Bound<T>, _: &'s Scope) -> &'s T {
        &bound.value
    }

    fn settle(bound: &Bound<T>) -> Result<(), SessionError> {
        bound.settle()
    }
}

impl<T: 'static> Arg for Exclusive<T> {
    type Joined<Rest: FromRequest + 'static> = Rest;
    type Extracted = ();
    type Bound = Bound<T>;
    type Value<'s> = &'s mut T;

    #[inline]
    fn split<Rest: FromRequest + 'static>(joined: Rest) -> ((), Rest) {
        ((), joined)
    }

    fn open(&self, scope: &Scope) -> Result<Bound<T>, SessionError> {
        (self.0.open)(scope, self.0.slot, true)
    }

    #[inline]
    fn value<'s>(&self, (): (), bound: &'s mut Bound<T>, _: &'s Scope) -> &'s mut T {
        &mut bound.value
    }

    fn settle(bound: &Bound<T>) -> Result<(), SessionError> {
        bound.settle()
    }
}
