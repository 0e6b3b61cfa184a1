//! The functions that can be called with the values of their parameters.

use actix_web::{HttpRequest, HttpResponse};

use super::arg::Arg;

/// The user's function, whose parameters are `A`.
///
/// A trait of our own over functions, because an async closure around each handler, which would put its arguments in
/// order, costs the compiler as much as the handler itself.
pub trait Handler<'s, A: Arg> {
    /// What it gives in the end. That this is a response is no condition here: the one that asks is told of it.
    type Output;

    /// Calls it. What it gives becomes a response of the request.
    fn call(self, values: A::Value<'s>, request: &'s HttpRequest) -> impl Future<Output = Self::Output>;
}

/// A closure in place of a function, which has the values in a tuple.
#[derive(Debug)]
pub struct Closure<F>(F);

/// A closure around a function that cannot be called for every lifetime: one of its lifetime parameters has a bound.
pub fn closure<A, F>(_: &A, closure: F) -> Closure<F>
where
    A: Arg,
    F: for<'s> AsyncFnOnce(A::Value<'s>, &'s HttpRequest) -> HttpResponse,
{
    Closure(closure)
}

impl<'s, A, F> Handler<'s, A> for Closure<F>
where
    A: Arg,
    F: AsyncFnOnce(A::Value<'s>, &'s HttpRequest) -> HttpResponse,
{
    type Output = HttpResponse;

    fn call(self, values: A::Value<'s>, request: &'s HttpRequest) -> impl Future<Output = HttpResponse> {
        (self.0)(values, request)
    }
}

macro_rules! function {
    ($($arg:ident $index:tt)*) => {
        #[allow(non_snake_case, reason = "the type parameters name the variables")]
        impl<'s, F, R, $($arg: Arg),*> Handler<'s, ($($arg,)*)> for F
        where
            F: FnOnce($($arg::Value<'s>),*) -> R,
            R: Future,
        {
            type Output = R::Output;

            #[inline]
            fn call(
                self,
                ($($arg,)*): ($($arg::Value<'s>,)*),
                _: &'s HttpRequest,
            ) -> impl Future<Output = R::Output> {
                self($($arg),*)
            }
        }
    };
}

tuples!(function);
