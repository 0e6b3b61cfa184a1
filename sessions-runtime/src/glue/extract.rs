//! The user's own parameters: what is extracted, and what is said of a type that is no extractor.
//!
//! The compiler would complain about such a type wherever it is used: where it is checked, and again where the tuple of all
//! parameters is. So each type is asked what it is, by the precedence of a type's own methods over those of what it derefs
//! to, and a stand-in takes the place of what is no extractor. Where all are, which is in every program that compiles, the
//! stand-in is nowhere and nothing is left of this.

use std::convert::Infallible;
use std::future::{Pending, pending};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::arg::Arg;
use super::scope::Scope;
use crate::error::SessionError;

/// What a handler may take by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "a parameter by value is extracted from the request",
    note = "take a type that implements `actix_web::FromRequest`, such as `web::Path<..>`, `web::Json<..>` or `web::Data<..>`"
)]
pub trait Extract {}

impl<T: FromRequest> Extract for T {}

/// Asks a type what it is.
#[derive(Debug)]
pub struct Probe<T>(NoExtractor<T>);

impl<T> Probe<T> {
    /// The question.
    pub const NEW: Self = Self(NoExtractor(PhantomData));
}

impl<T: FromRequest> Probe<T> {
    /// An extractor.
    #[allow(
        clippy::unused_self,
        reason = "a method call is what prefers this over the other's"
    )]
    pub const fn what<U>(&self) -> Extracted<T> {
        Extracted(PhantomData)
    }
}

impl<T> Deref for Probe<T> {
    type Target = NoExtractor<T>;

    fn deref(&self) -> &NoExtractor<T> {
        &self.0
    }
}

/// What answers for all other types, being behind the probe.
#[derive(Debug)]
pub struct NoExtractor<T>(PhantomData<T>);

impl<T> NoExtractor<T> {
    /// No extractor: a stand-in, and the error, of `U`, which is the same type as the macro wrote it once more.
    #[allow(clippy::unused_self, reason = "as above")]
    pub const fn what<U: Extract>(&self) -> StandIn<T> {
        StandIn(PhantomData)
    }
}

/// A parameter by value.
#[derive(Debug)]
pub struct Extracted<T>(PhantomData<T>);

impl<T: FromRequest + 'static> Arg for Extracted<T> {
    type Joined<Rest: FromRequest + 'static> = (T, Rest);
    type Extracted = T;
    type Bound = ();
    type Value<'s> = T;

    #[inline]
    fn split<Rest: FromRequest + 'static>(joined: (T, Rest)) -> (T, Rest) {
        joined
    }

    #[inline]
    fn open(&self, _: &Scope) -> Result<(), SessionError> {
        Ok(())
    }

    #[inline]
    fn value<'s>(&self, extracted: T, (): &'s mut (), _: &'s Scope) -> T {
        extracted
    }

    #[inline]
    fn settle((): &()) -> Result<(), SessionError> {
        Ok(())
    }
}

/// The place of what is no extractor, in a handler that does not compile.
#[derive(Debug)]
pub struct StandIn<T>(PhantomData<T>);

impl<T: 'static> Arg for StandIn<T> {
    type Joined<Rest: FromRequest + 'static> = (Never, Rest);
    type Extracted = Never;
    type Bound = ();
    type Value<'s> = T;

    fn split<Rest: FromRequest + 'static>(joined: (Never, Rest)) -> (Never, Rest) {
        joined
    }

    fn open(&self, _: &Scope) -> Result<(), SessionError> {
        Ok(())
    }

    fn value<'s>(&self, extracted: Never, (): &'s mut (), _: &'s Scope) -> T {
        match extracted.0 {}
    }

    fn settle((): &()) -> Result<(), SessionError> {
        Ok(())
    }
}

/// What is never extracted.
#[derive(Debug)]
pub struct Never(Infallible);

impl FromRequest for Never {
    type Error = Infallible;
    type Future = Pending<Result<Self, Infallible>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        pending()
    }
}
