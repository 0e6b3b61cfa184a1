//! The awaitable builder behind `session_store.get_session(..)`.

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use smallvec::SmallVec;
use tokio::sync::Notify;

use super::{SessionStore, change_args};
use crate::backend::BackendName;
use crate::config::Definition;
use crate::cookie::CookieArgs;
use crate::error::SessionError;
use crate::session::Session;

/// A session on its way: add a backend or cookie attributes, then await it.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |_, session_store| {
/// let cart = session_store
///     .get_session("cart")
///     .backend("memory")
///     .cookie_args(|a| a.path("/shop"))
///     .await?;
/// assert_eq!(cart.backend().as_str(), "memory");
/// # Ok(()) });
/// ```
#[must_use = "a session is loaded when it is awaited"]
pub struct GetSession<'n> {
    store: SessionStore,
    name: &'n str,
    backend: Option<BackendName>,
    args: CookieArgs,
}

impl<'n> GetSession<'n> {
    pub(super) fn new(store: SessionStore, name: &'n str) -> Self {
        Self {
            store,
            name,
            backend: None,
            args: CookieArgs::new(),
        }
    }

    /// The backend; where nothing is said, the configured one or the default.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let cart = session_store.get_session("cart").backend("memory").await?;
    /// assert_eq!(cart.backend().as_str(), "memory");
    /// # Ok(()) });
    /// ```
    pub fn backend(mut self, name: impl Into<BackendName>) -> Self {
        self.backend = Some(name.into());
        self
    }

    /// Cookie attributes over the configured ones, key by key.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let wizard = session_store.get_session("wizard").cookie_args(|a| a.path("/wizard")).await?;
    /// assert_eq!(wizard.name(), "wizard");
    /// # Ok(()) });
    /// ```
    pub fn cookie_args(mut self, args: impl FnOnce(CookieArgs) -> CookieArgs) -> Self {
        self.args = args(self.args);
        self
    }

    async fn load(self) -> Result<Session, SessionError> {
        let Self {
            store,
            name,
            backend,
            args,
        } = self;
        store.check_open()?;
        let registry = store.inner.sessions.registry();
        let asked = args != CookieArgs::new();
        if let Some(open) = store.find(name) {
            if let Some(backend) = &backend
                && *backend != open.inner.definition.backend
            {
                let other = registry.definition(name, Some(backend), None)?;
                store.check(&other)?;
            }
            if asked {
                change_args(&open, &args)?;
            }
            return Ok(open);
        }
        let mut definition = registry.definition(name, backend.as_ref(), None)?;
        if asked {
            let mut settings = definition.settings.clone();
            settings.cookie = settings.cookie.overlay(&args);
            settings.backend = Some(definition.backend.clone());
            definition = Arc::new(registry.define(name, settings)?);
        }
        let rules = definition.rules;
        let session = store.open(definition, rules).await?;
        if asked {
            // A browser that has the session already learns the new attributes too (T22).
            session.inner.state.borrow_mut().resend = true;
        }
        Ok(session)
    }
}

impl<'n> IntoFuture for GetSession<'n> {
    type Output = Result<Session, SessionError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + 'n>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.load())
    }
}

impl fmt::Debug for GetSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetSession")
            .field("name", &self.name)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// The sessions that are being loaded.
#[derive(Default)]
pub(super) struct Loading {
    begun: RefCell<SmallVec<[Arc<Definition>; 2]>>,
    done: Notify,
}

impl Loading {
    /// Waits until nobody else loads a session of this name, and keeps others waiting until the guard is dropped.
    pub(super) async fn enter<'a>(&'a self, definition: &Arc<Definition>) -> LoadingGuard<'a> {
        while self.has(&definition.name) {
            self.done.notified().await;
        }
        self.begun.borrow_mut().push(definition.clone());
        LoadingGuard {
            loading: self,
            definition: definition.clone(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.begun.borrow().iter().any(|one| one.name == name)
    }
}

pub(super) struct LoadingGuard<'a> {
    loading: &'a Loading,
    definition: Arc<Definition>,
}

impl Drop for LoadingGuard<'_> {
    fn drop(&mut self) {
        let mut begun = self.loading.begun.borrow_mut();
        begun.retain(|one| one.name != self.definition.name);
        drop(begun);
        self.loading.done.notify_waiters();
    }
}
