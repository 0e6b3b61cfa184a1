//! The user's own parameters: what is extracted, and what is said of a type that is no extractor.
//!
//! The compiler would complain about such a type wherever it is used: where it is checked, and again where the tuple of all
//! parameters is. So each type is asked what it is, by the precedence of inherent methods over those of traits, and a
//! stand-in takes the place of what is no extractor. Where all are, which is in every program that compiles, the stand-in
//! is nowhere and nothing is left of this.

use std::convert::Infallible;
use std::future::{Pending, pending};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// What a handler may take by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "a parameter by value is extracted from the request",
    note = "take a type that implements `actix_web::FromRequest`, such as `web::Path<..>`, `web::Json<..>` or `web::Data<..>`"
)]
pub trait Extract {}

impl<T: FromRequest> Extract for T {}

/// Checks that a parameter's type is an extractor.
pub const fn extractor<T: Extract>() {}

/// Asks a type what it is.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

impl<T: FromRequest> Probe<T> {
    /// An extractor: it stands for itself.
    #[allow(
        clippy::unused_self,
        reason = "a method call is what prefers this over the trait's"
    )]
    pub const fn what(&self) -> PhantomData<T> {
        PhantomData
    }
}

/// The answer of all other types.
pub trait NoExtractor<T> {
    /// No extractor: a stand-in.
    fn what(&self) -> PhantomData<StandIn<T>>;
}

impl<T> NoExtractor<T> for Probe<T> {
    fn what(&self) -> PhantomData<StandIn<T>> {
        PhantomData
    }
}

/// The place of what is no extractor, in a handler that does not compile. It has no values.
#[derive(Debug)]
pub struct StandIn<T>(Infallible, PhantomData<T>);

impl<T> FromRequest for StandIn<T> {
    type Error = Infallible;
    type Future = Pending<Result<Self, Infallible>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        pending()
    }
}

/// What was extracted for a parameter of type `T`.
pub trait Given<T> {
    /// The parameter's value.
    fn given(self) -> T;
}

impl<T> Given<T> for T {
    #[inline]
    fn given(self) -> T {
        self
    }
}

impl<T> Given<T> for StandIn<T> {
    fn given(self) -> T {
        match self.0 {}
    }
}

/// The type that several answers are extracted as: their tuple.
pub trait Answers {
    /// The tuple.
    type Extracted;
}

impl<T> Answers for PhantomData<T> {
    type Extracted = T;
}

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ $($name)*);
    };
    (@) => { tuples!(#); };
    (@ $first:ident $($rest:ident)*) => {
        tuples!(# $first $($rest)*);
        tuples!(@ $($rest)*);
    };
    (# $($name:ident)*) => {
        impl<$($name: Answers),*> Answers for ($($name,)*) {
            type Extracted = ($($name::Extracted,)*);
        }
    };
}

// As many as actix-web extracts at once; the macro makes tuples of tuples where there are more.
tuples!(A B C D E F G H I J K L M N O P);
