//! Loading the sessions that a handler declares, each once.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use futures_util::future::try_join_all;
use smallvec::SmallVec;

use super::{SessionStore, open};
use crate::backend::BackendName;
use crate::config::{ConflictRule, Definition, OnOutage, Place, Rules};
use crate::error::{ErrorKind, SessionError};
use crate::session::{Inner as SessionInner, LockGuard, Origin, Session, State};
use crate::typed::{Data, SessionData, TypedSession};

/// A handler's sessions by slot; those it does not mention have none.
pub(crate) type Loaded = SmallVec<[Option<Session>; 2]>;

/// What a handler declares about one session it wants loaded.
pub(crate) struct Wanted<'a> {
    pub(crate) name: Option<&'a str>,
    /// The type that the session is read as.
    pub(crate) data: Option<&'a Data>,
    pub(crate) backend: Option<&'a BackendName>,
    pub(crate) rules: RulesOver,
}

/// A handler's own rules, over those of the definition.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RulesOver {
    pub(crate) on_outage: Option<OnOutage>,
    pub(crate) conflict: Option<ConflictRule>,
    pub(crate) lock: Option<bool>,
}

impl RulesOver {
    fn apply(self, base: Rules) -> Rules {
        Rules {
            on_outage: self.on_outage.unwrap_or(base.on_outage),
            conflict: self.conflict.unwrap_or(base.conflict),
            lock: self.lock.unwrap_or(base.lock),
        }
    }
}

impl SessionStore {
    /// Opens what a handler declares, if all of it is sealed, without awaiting; `None` says that servers are needed.
    pub(crate) fn load_sealed<'a>(
        &self,
        wanted: impl Iterator<Item = Option<Wanted<'a>>>,
    ) -> Result<Option<Loaded>, SessionError> {
        let mut loaded = Loaded::new();
        for one in wanted {
            let Some(one) = one else {
                loaded.push(None);
                continue;
            };
            let definition = self.definition(&one)?;
            if !matches!(definition.place, Place::InCookie) {
                return Ok(None);
            }
            loaded.push(match self.check(&definition)? {
                None => {
                    let rules = one.rules.apply(definition.rules);
                    Some(self.open_sealed(definition, rules))
                }
                open => open,
            });
        }
        Ok(Some(loaded))
    }

    /// Loads what a handler declares, concurrently.
    pub(crate) async fn load<'a>(
        &self,
        wanted: impl Iterator<Item = Option<Wanted<'a>>> + Clone,
    ) -> Result<Loaded, SessionError> {
        let mut loaded = Loaded::new();
        if wanted.clone().flatten().nth(1).is_some() {
            loaded.extend(try_join_all(wanted.map(|one| Box::pin(self.load_one(one)))).await?);
        } else {
            // One alone needs no list of futures, into which it would be copied.
            for one in wanted {
                loaded.push(self.load_one(one).await?);
            }
        }
        Ok(loaded)
    }

    async fn load_one(&self, wanted: Option<Wanted<'_>>) -> Result<Option<Session>, SessionError> {
        let Some(wanted) = wanted else { return Ok(None) };
        let definition = self.definition(&wanted)?;
        let rules = wanted.rules.apply(definition.rules);
        let session = self.open(definition, rules).await?;
        self.govern(&session, rules).await?;
        Ok(Some(session))
    }

    /// Applies a handler's rules to a session that somebody may have opened before it, such as an extractor.
    async fn govern(&self, session: &Session, rules: Rules) -> Result<(), SessionError> {
        session.inner.rules.set(rules);
        if !rules.lock {
            return Ok(());
        }
        let Some(held) = session.unlocked() else {
            return Ok(());
        };
        let guard = LockGuard::acquire(&self.inner.sessions, &session.inner.definition, held.key).await?;
        session.locked(guard, self.now()).await
    }

    #[inline]
    fn definition(&self, wanted: &Wanted<'_>) -> Result<Arc<Definition>, SessionError> {
        let registry = self.inner.sessions.registry();
        let name = wanted.name.unwrap_or(&registry.default_name);
        registry.definition(name, wanted.backend, wanted.data)
    }

    /// A session that is defined on a type, loaded when awaited. The same type gives the same session for the whole request,
    /// and so does its name.
    ///
    /// # Errors
    ///
    /// When awaited: [`ErrorKind::UnknownBackend`], [`ErrorKind::NameTaken`] where the request has a session of that
    /// name on another backend, and what the backend fails with.
    ///
    /// # Examples
    ///
    /// ```standalone_crate
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// #[derive(Serialize, Deserialize, Default, SessionData)]
    /// #[session(name = "cart", backend = "memory")]
    /// struct Cart {
    ///     items: std::collections::BTreeMap<String, u32>,
    /// }
    ///
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let cart = session_store.session::<Cart>().await?;
    /// let now = cart.update(|cart| *cart.items.entry("tea".into()).or_default() += 1)?;
    /// assert_eq!(now.items["tea"], 1);
    /// # Ok(()) });
    /// ```
    pub async fn session<T: SessionData>(&self) -> Result<TypedSession<T>, SessionError> {
        let registry = self.inner.sessions.registry();
        self.check_open()?;
        let definition = registry.definition(T::DATA.name, None, Some(T::DATA))?;
        let rules = definition.rules;
        self.open(definition, rules).await.map(TypedSession::new)
    }

    pub(super) fn open_sealed(&self, definition: Arc<Definition>, rules: Rules) -> Session {
        let state = State::empty(&definition.place, Origin::NoCookie, false);
        let session = self.keep(definition, rules, state);
        // Where it stays: what it holds is large to be copied.
        let definition = &session.inner.definition;
        let values = open::values(&self.inner.headers, &definition.wire_name);
        open::open_sealed(
            definition,
            &values,
            self.now(),
            &mut session.inner.state.borrow_mut(),
        );
        session
    }

    /// One session: the open one, or the one that a load gives.
    pub(super) async fn open(
        &self,
        definition: Arc<Definition>,
        rules: Rules,
    ) -> Result<Session, SessionError> {
        // One load in flight for each name: two joined futures get one session.
        let _loading = self.inner.loading.enter(&definition).await;
        if let Some(session) = self.check(&definition)? {
            return Ok(session);
        }
        if matches!(definition.place, Place::InCookie) {
            return Ok(self.open_sealed(definition, rules));
        }
        let values = open::values(&self.inner.headers, &definition.wire_name);
        let state = open::load_kept(&self.inner.sessions, &definition, rules, &values, self.now()).await?;
        Ok(self.keep(definition, rules, state))
    }

    /// The open session of that name, unless it is another one (T10).
    #[inline]
    pub(super) fn check(&self, definition: &Definition) -> Result<Option<Session>, SessionError> {
        self.check_open()?;
        let found = self.find(&definition.name);
        match &found {
            Some(open) if open.inner.definition.backend != definition.backend => Err(SessionError::new(
                ErrorKind::NameTaken,
                format!(
                    "session `{}` is open on backend `{}` in this request, and was asked for on `{}`: \
                     one name, one backend",
                    definition.name, open.inner.definition.backend, definition.backend
                ),
            )),
            _ => Ok(found),
        }
    }

    #[inline]
    fn keep(&self, definition: Arc<Definition>, rules: Rules, state: State) -> Session {
        let session = Session::new(SessionInner {
            definition,
            rules: Cell::new(rules),
            sessions: self.inner.sessions.clone(),
            head: self.inner.head,
            consulted: Cell::new(false),
            turn: tokio::sync::Mutex::new(()),
            apart: None,
            state: RefCell::new(state),
        });
        self.inner.opened.borrow_mut().push(session.clone());
        session
    }
}
