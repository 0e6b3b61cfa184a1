//! The one function around every annotated handler.

use std::any::TypeId;
use std::future::{Pending, pending};
use std::ops::Deref;
use std::pin::{Pin, pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::arg::Arg;
use super::handler::Handler;
use super::parts::Parts;
use super::plan::Plan;
use super::respond::Respond;
use super::scope::Scope;
use crate::error::SessionError;
use crate::http;
use crate::store::{End, SessionStore};

/// A handler with what its parameters are.
///
/// What cannot be run, because the handler's value is no response, has the method all the same, behind it: that gives the
/// error, and a future of which nothing else can be wrong. Else the compiler would tell it again, of `impl Future`.
#[derive(Debug)]
pub struct Call<A, H>(Unanswered<A, H>);

/// See [`Call`].
#[derive(Debug)]
pub struct Unanswered<A, H> {
    args: A,
    handler: H,
}

impl<A, H> Call<A, H> {
    /// The call of `handler` with the values of `args`.
    #[inline]
    pub const fn new(args: A, handler: H) -> Self {
        Self(Unanswered { args, handler })
    }
}

impl<A, H> Call<A, H>
where
    A: Arg,
    H: for<'s> Handler<'s, A, Output: Respond>,
{
    /// The answer to a request.
    #[inline]
    pub fn run(self, parts: Parts, plan: &'static Plan) -> impl Future<Output = HttpResponse> {
        run(parts, plan, self.0.args, self.0.handler)
    }
}

impl<A, H> Deref for Call<A, H> {
    type Target = Unanswered<A, H>;

    fn deref(&self) -> &Unanswered<A, H> {
        &self.0
    }
}

impl<A: Arg, H> Unanswered<A, H> {
    /// Never called, since it does not compile.
    pub fn run(&self, _: Parts, _: &'static Plan) -> Pending<HttpResponse>
    where
        H: for<'s> Handler<'s, A, Output: Respond>,
    {
        pending()
    }
}

/// Opens the store, extracts the handler's own parameters, loads its sessions, runs it, hands over what it changed in
/// typed sessions, saves.
///
/// Always gives a response and never an `Err`, because actix-web makes a new response of an error, and its cookies
/// would be lost. Extractors run before the load: one that refuses spares the backend, and what it wrote into a session
/// is saved all the same.
async fn run<A, H>(parts: Parts, plan: &'static Plan, args: A, handler: H) -> HttpResponse
where
    A: Arg,
    H: for<'s> Handler<'s, A, Output: Respond>,
{
    let Parts { request, mut payload } = parts;
    if !plan.mentions_any() {
        let response = match A::Joined::<()>::from_request(&request, &mut payload.0).await {
            Err(err) => HttpResponse::from_error(err),
            Ok(extracted) => call(&args, handler, extracted, &Scope::unbound(), &request, plan).await,
        };
        // An extractor may have opened the store for itself.
        return match http::adopt(&request) {
            Some(store) => leave(store, &request, plan, response).await,
            None => response,
        };
    }
    // Without extractors nobody but this function can reach the store, so it stays out of the extensions.
    let shared = TypeId::of::<A::Joined<()>>() != TypeId::of::<()>();
    let mut scope = match Scope::enter(&request, shared) {
        Ok(scope) => scope,
        Err(err) => return refuse(plan, &err),
    };
    let mut response = match A::Joined::<()>::from_request(&request, &mut payload.0).await {
        Err(err) => HttpResponse::from_error(err),
        Ok(extracted) => {
            // Servers are asked in a future of its own, so that handlers without them do not carry its size.
            let loaded = match scope.load_sealed(plan) {
                Some(loaded) => loaded,
                None => Box::pin(scope.load(plan)).await,
            };
            match loaded {
                Ok(()) => {
                    let called = call(&args, handler, extracted, &scope, &request, plan);
                    scope.inside(pin!(called)).await
                }
                Err(err) => refuse(plan, &err),
            }
        }
    };
    let closed = match scope.owned() {
        None => Ok(()),
        Some(store) => {
            let end = ending(&request, plan, &mut response);
            if store.needs_servers(end.save) {
                Box::pin(store.close_on_servers(end)).await
            } else {
                store.close_at_once(end)
            }
        }
    };
    left(plan, response, closed)
}

/// Runs the handler with the values behind its parameters, and hands what changed in them to their sessions.
#[inline]
async fn call<A, H>(
    args: &A,
    handler: H,
    extracted: A::Joined<()>,
    scope: &Scope,
    request: &HttpRequest,
    plan: &Plan,
) -> HttpResponse
where
    A: Arg,
    H: for<'s> Handler<'s, A, Output: Respond>,
{
    let mut bound = match args.open(scope) {
        Ok(bound) => bound,
        Err(err) => return refuse(plan, &err),
    };
    let (extracted, ()) = A::split(extracted);
    let value = handler
        .call(args.value(extracted, &mut bound, scope), request)
        .await;
    let response = value.into_response(request);
    match A::settle(&bound) {
        Ok(()) => response,
        Err(err) => unsaved(plan, &err),
    }
}

/// Saves and closes a store that was opened unexpectedly.
fn leave<'a>(
    store: SessionStore,
    request: &'a HttpRequest,
    plan: &'static Plan,
    mut response: HttpResponse,
) -> Pin<Box<dyn Future<Output = HttpResponse> + 'a>> {
    Box::pin(async move {
        let closed = store.close(ending(request, plan, &mut response)).await;
        left(plan, response, closed)
    })
}

fn ending<'a>(request: &'a HttpRequest, plan: &Plan, response: &'a mut HttpResponse) -> End<'a> {
    End {
        request: Some(request),
        save: plan.save_always || response.status().as_u16() < 500,
        headers: response.headers_mut(),
    }
}

#[inline]
fn left(plan: &Plan, response: HttpResponse, closed: Result<(), SessionError>) -> HttpResponse {
    match closed {
        Ok(()) => response,
        Err(err) => unsaved(plan, &err),
    }
}

/// The answer where what the handler did cannot be saved.
fn unsaved(plan: &Plan, err: &SessionError) -> HttpResponse {
    tracing::error!(handler = plan.handler, error = ?err, "sessions cannot be saved");
    err.answer(false)
}

/// The answer where the sessions could not even be opened or loaded.
fn refuse(plan: &Plan, err: &SessionError) -> HttpResponse {
    tracing::error!(handler = plan.handler, error = ?err, "sessions cannot be loaded, so the handler does not run");
    err.answer(true)
}
