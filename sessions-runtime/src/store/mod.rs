//! `SessionStore`: the per-request object that hands out sessions, holds pending cookies, and saves at the end.

mod close;
mod cookies;
mod get_session;
mod headers;
mod load;
mod open;
mod servers;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use serde::Serialize;
use smallvec::SmallVec;

pub(crate) use self::close::End;
pub use self::cookies::MaxAge;
pub use self::get_session::GetSession;
use self::get_session::Loading;
pub(crate) use self::headers::set_cookie;
pub(crate) use self::load::{Loaded, RulesOver, Wanted};
use crate::clock::Timestamp;
use crate::config::{Definition, Place, Rules};
use crate::cookie::{Attributes, CookieArgs};
use crate::error::{ErrorKind, SessionError};
use crate::session::{Inner as SessionInner, Origin, Phase, Session, State, inside};
use crate::sessions::Sessions;

/// The sessions and pending cookies of one request.
///
/// A cheap handle: clones share the request's store. Everything is deferred to the response, so all of it works before
/// one exists. After the response the store is closed, and calls return [`ErrorKind::Closed`].
///
/// As an extractor it works in handlers without the attribute; then [`SessionMiddleware`](crate::SessionMiddleware) saves.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |_, session_store| {
/// let cart = session_store.get_session("cart").await?;
/// cart.insert("tea", 2)?;
/// session_store.set_cookie("last_sku", "tea")?;
/// # Ok(()) });
/// ```
#[derive(Clone)]
pub struct SessionStore {
    inner: Rc<Inner>,
}

struct Inner {
    sessions: Sessions,
    /// The Cookie headers; a handle on the request would keep it alive in a circle.
    headers: SmallVec<[HeaderValue; 1]>,
    head: bool,
    now: Cell<Option<Timestamp>>,
    opened: RefCell<SmallVec<[Session; 2]>>,
    loading: Loading,
    /// Complete `Set-Cookie` lines by cookie name, in the order of their first call.
    pending: RefCell<Vec<(String, String)>>,
    /// Whether something other than a session made the response depend on cookies.
    consulted: Cell<bool>,
    closed: Cell<bool>,
}

impl SessionStore {
    #[inline]
    pub(crate) fn new(sessions: Sessions, head: &RequestHead) -> Self {
        let mut headers = SmallVec::new();
        for header in head.headers.get_all(header::COOKIE) {
            headers.push(header.clone());
        }
        Self {
            inner: Rc::new(Inner {
                sessions,
                headers,
                head: head.method == Method::HEAD,
                now: Cell::new(None),
                opened: RefCell::default(),
                loading: Loading::default(),
                pending: RefCell::default(),
                consulted: Cell::new(false),
                closed: Cell::new(false),
            }),
        }
    }

    /// The store of a handler that mentions none: closed from the start.
    pub(crate) fn unbound(sessions: Sessions) -> Self {
        let store = Self::new(sessions, &RequestHead::default());
        store.inner.closed.set(true);
        store
    }

    /// The application's sessions: names, backends, cookie attributes.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert_eq!(session_store.config().cookie_name(), "session");
    /// # Ok(()) });
    /// ```
    pub fn config(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// A session by name, loaded when awaited. The same name gives the same session for the whole request.
    ///
    /// # Errors
    ///
    /// When awaited: [`ErrorKind::UnknownBackend`], [`ErrorKind::NameTaken`] where the request has a session of that
    /// name on another backend, [`ErrorKind::InvalidName`], and what the backend fails with.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let cart = session_store.get_session("cart").backend("memory").await?;
    /// cart.insert("tea", 1)?;
    /// let same = session_store.get_session("cart").await?;
    /// assert_eq!(same.get::<u32>("tea")?, Some(1));
    /// # Ok(()) });
    /// ```
    pub fn get_session<'n>(&self, name: &'n str) -> GetSession<'n> {
        GetSession::new(self.clone(), name)
    }

    /// A session that can be had without awaiting: one that is loaded already, or one in a sealed cookie. For guards.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert!(session_store.loaded_session("session").is_some());
    /// # Ok(()) });
    /// ```
    pub fn loaded_session(&self, name: &str) -> Option<Session> {
        if let Some(session) = self.find(name) {
            return Some(session);
        }
        let definition = self.inner.sessions.registry().definition(name, None, None).ok()?;
        if self.inner.closed.get() || !matches!(definition.place, Place::InCookie) {
            return None;
        }
        let rules = definition.rules;
        Some(self.open_sealed(definition, rules))
    }

    /// Replaces a session by a new one that holds `entries`: the old one ends as with [`Session::destroy`], and handles
    /// on it go on with the new one.
    ///
    /// # Errors
    ///
    /// As [`get_session`](Self::get_session) and [`Session::insert`].
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let cart = session_store.set_session("cart", [("tea", 2), ("cup", 1)]).await?;
    /// assert_eq!(cart.keys(), ["cup", "tea"]);
    /// # Ok(()) });
    /// ```
    pub async fn set_session<N, V>(
        &self,
        name: &str,
        entries: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Session, SessionError>
    where
        N: AsRef<str>,
        V: Serialize,
    {
        let session = self.get_session(name).await?;
        session.destroy();
        for (name, value) in entries {
            session.insert(name.as_ref(), value)?;
        }
        Ok(session)
    }

    /// Changes the cookie attributes of a session that this request has opened, and sends its cookie again; says
    /// whether there is such a session. `path`, `domain` and `secure` cannot change here, because they decide the
    /// cookie's name: give them to [`GetSession::cookie_args`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCookie`] for attributes that contradict each other, or for those three.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// use sessions_runtime::SameSite;
    ///
    /// assert!(session_store.update_session_args("session", |a| a.same_site(SameSite::Strict))?);
    /// assert!(!session_store.update_session_args("nobody", |a| a.http_only(false))?);
    /// # Ok(()) });
    /// ```
    pub fn update_session_args(
        &self,
        name: &str,
        args: impl FnOnce(CookieArgs) -> CookieArgs,
    ) -> Result<bool, SessionError> {
        self.check_open()?;
        let Some(session) = self.find(name) else {
            return Ok(false);
        };
        change_args(&session, &args(CookieArgs::new()))?;
        Ok(true)
    }

    #[inline]
    fn find(&self, name: &str) -> Option<Session> {
        self.inner
            .opened
            .borrow()
            .iter()
            .find(|open| open.name() == name)
            .cloned()
    }

    /// The moment this request first looked at the clock: every check of one request sees the same.
    #[inline]
    fn now(&self) -> Timestamp {
        self.inner.now.get().unwrap_or_else(|| {
            let now = self.inner.sessions.registry().clock.now();
            self.inner.now.set(Some(now));
            now
        })
    }

    /// Runs what the request has to wait for.
    pub(crate) async fn inside<F: Future>(&self, future: Pin<&mut F>) -> F::Output {
        inside(Rc::as_ptr(&self.inner).addr(), future).await
    }

    #[inline]
    fn check_open(&self) -> Result<(), SessionError> {
        if self.inner.closed.get() {
            return Err(SessionError::new(
                ErrorKind::Closed,
                "the session store is closed: the response is finished, or the handler does not mention the store",
            ));
        }
        Ok(())
    }
}

fn change_args(session: &Session, args: &CookieArgs) -> Result<(), SessionError> {
    if args.path.is_some() || args.domain.is_some() || args.secure.is_some() {
        return Err(SessionError::new(
            ErrorKind::InvalidCookie,
            format!(
                "session `{}` is open already: `path`, `domain` and `secure` decide its cookie's name, \
                 so say them before it is loaded",
                session.name()
            ),
        ));
    }
    let definition = &session.inner.definition;
    session.write(|state| {
        let present = state
            .attributes
            .as_ref()
            .map_or(&definition.settings.cookie, |both| &both.0);
        let asked = present.overlay(args);
        let attributes = Attributes::resolve(&asked)?;
        state.attributes = Some(Box::new((asked, attributes)));
        state.resend = true;
        Ok(())
    })?
}

impl Session {
    /// The session of a handler that does not mention it: closed from the start.
    pub(crate) fn unbound(sessions: &Sessions, definition: Arc<Definition>) -> Self {
        let mut state = State::empty(&definition.place, Origin::NotLoaded, false);
        state.phase = Phase::Closed;
        Self::new(SessionInner {
            definition,
            rules: Cell::new(Rules::default()),
            sessions: sessions.clone(),
            head: false,
            consulted: Cell::new(false),
            turn: tokio::sync::Mutex::new(()),
            apart: None,
            state: RefCell::new(state),
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for session in self.opened.borrow().iter() {
            if !self.closed.get() && session.inner.state.borrow().has_unsaved() {
                tracing::error!(
                    session = %session.name(),
                    "changes of a session are lost: the request was cancelled or panicked, or nothing saves it. \
                     Annotate the handler with `#[with_sessions]`, or wrap the application in `SessionMiddleware`"
                );
            }
            if session.is_sealed() {
                continue;
            }
            session.tell_handles();
            // An `update` may have captured its own session: without this the two would keep each other alive.
            let edits = session.inner.state.borrow_mut().release();
            drop(edits);
        }
        if !self.closed.get() && !self.pending.borrow().is_empty() {
            tracing::error!(
                "pending cookies are lost: the request was cancelled or panicked, or nothing saves them"
            );
        }
    }
}

impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStore")
            .field("sessions", &self.inner.opened.borrow())
            .field("closed", &self.inner.closed.get())
            .finish_non_exhaustive()
    }
}
