//! What a handler's sessions are during one request.

use std::pin::Pin;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest};

use super::plan::Plan;
use crate::config::Definition;
use crate::error::SessionError;
use crate::http;
use crate::session::Session;
use crate::sessions::Sessions;
use crate::store::{Loaded, RulesOver, SessionStore, Wanted};

/// The sessions and the store of one request, by slot.
#[derive(Debug)]
pub struct Scope {
    store: Option<SessionStore>,
    /// Whether the glue has to close the store.
    owner: bool,
    sessions: Loaded,
}

/// What handlers get that do not mention it: closed from the start.
#[derive(Debug)]
struct Unbound {
    store: SessionStore,
    session: Session,
}

impl Scope {
    /// The session in a slot.
    #[inline]
    pub fn session(&self, slot: usize) -> &Session {
        self.loaded(slot).unwrap_or_else(|| &placeholder().session)
    }

    /// The store.
    #[inline]
    pub fn store(&self) -> &SessionStore {
        self.store.as_ref().unwrap_or_else(|| &placeholder().store)
    }

    /// The session in a slot, if the handler mentions it.
    #[inline]
    pub(super) fn loaded(&self, slot: usize) -> Option<&Session> {
        self.sessions.get(slot)?.as_ref()
    }

    /// Opens the request's store. `shared` puts it where extractors find it.
    pub(super) fn enter(request: &HttpRequest, shared: bool) -> Result<Self, SessionError> {
        let sessions = http::find_sessions(request);
        let (store, owner) =
            http::take_ownership(sessions, request.head(), &mut request.extensions_mut(), shared)?;
        Ok(Self {
            store: Some(store),
            owner,
            ..Self::unbound()
        })
    }

    /// The scope of a handler that mentions nothing.
    #[inline]
    pub(super) fn unbound() -> Self {
        Self {
            store: None,
            owner: false,
            sessions: Loaded::new(),
        }
    }

    /// The store, if it is this handler's duty to close it.
    pub(super) fn owned(&self) -> Option<&SessionStore> {
        self.store.as_ref().filter(|_| self.owner)
    }

    /// Runs what the request has to wait for.
    pub(super) async fn inside<F: Future>(&self, future: Pin<&mut F>) -> F::Output {
        match &self.store {
            Some(store) => store.inside(future).await,
            None => future.await,
        }
    }

    /// Opens the sessions that the handler mentions, if all of them are sealed; `None` says that servers are needed.
    pub(super) fn load_sealed(&mut self, plan: &Plan) -> Option<Result<(), SessionError>> {
        let Some(store) = &self.store else {
            return Some(Ok(()));
        };
        let loaded = store.load_sealed(wanted(plan)).transpose()?;
        Some(loaded.map(|loaded| self.sessions = loaded))
    }

    /// Loads the sessions that the handler mentions, from wherever they are.
    pub(super) async fn load(&mut self, plan: &Plan) -> Result<(), SessionError> {
        let Some(store) = &self.store else { return Ok(()) };
        self.sessions = store.load(wanted(plan)).await?;
        Ok(())
    }
}

/// Has the name of a session around its handler, so that a function within the body that takes it for one is told what it
/// is.
pub const fn in_the_handler_only() {}

/// Made once a thread, and kept as long as the thread.
fn placeholder() -> &'static Unbound {
    thread_local! {
        static UNBOUND: &'static Unbound = Box::leak(Box::new(Unbound::new()));
    }
    UNBOUND.with(|unbound| *unbound)
}

impl Unbound {
    fn new() -> Self {
        let sessions = Sessions::unbound();
        let definition = Arc::new(Definition::unbound(&sessions.registry().ring));
        Self {
            store: SessionStore::unbound(sessions.clone()),
            session: Session::unbound(&sessions, definition),
        }
    }
}

/// What the body mentions, by slot.
fn wanted(plan: &Plan) -> impl Iterator<Item = Option<Wanted<'_>>> + Clone {
    plan.sessions.iter().map(|one| {
        one.load.then(|| Wanted {
            name: one.named(),
            data: one.data,
            backend: one.backend,
            rules: RulesOver {
                on_outage: one.options.on_outage,
                conflict: one.options.conflict,
                lock: one.options.lock,
            },
        })
    })
}
