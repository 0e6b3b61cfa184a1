//! `SessionHandle`: a session after its response, for streams, WebSockets and jobs.

mod apart;
mod carry;
mod link;

use std::fmt;
use std::sync::Arc;

pub(super) use self::apart::Apart;
use self::carry::Found;
pub(crate) use self::link::inside;
pub(super) use self::link::{Link, Missing, Told};
use super::{Phase, Session, Stored};
use crate::backend::{Backend, BackendName};
use crate::config::{Definition, Place, Rules};
use crate::error::{ErrorKind, SessionError};
use crate::protocol;
use crate::sessions::Sessions;

/// A session after its response: for a body that streams, a WebSocket, a job.
///
/// [`Session::handle`] makes one. It is `Send` and `'static`, may be cloned, and lives as long as it is kept; the session
/// does not live longer for it, except that each use counts as one. Each call loads the session, does what it is told,
/// and saves, with the guarantees of a request: changes of overlapping requests are merged, nothing is written where
/// nothing changed, size limits, `lock` and `conflict` hold.
///
/// - **The request comes first.** Until it has saved the session, by [`Session::save`] or with its response, calls wait.
///   Where a handler awaits one before, which would be for ever, the answer is [`ErrorKind::Deadlock`].
/// - **It ends with the session.** After a sign-out, wherever that took place, calls answer [`ErrorKind::Gone`]; and also
///   where there never was a session, because the response failed or nothing was put into it.
/// - **It follows a renewal** of its own request. Where another request renews the session, as a sign-in does, the session
///   becomes that one's: what the handle `update`s and flash messages still arrive, what it inserts and removes does so
///   only on entries that it had seen as they are, and it sees nothing that came after. It has a minute to notice.
/// - **There is no cookie to send.** What needs one (`renew`, `remember_for`, `browser_session`) is refused.
///
/// # Examples
///
/// ```standalone_crate
/// use actix_web::{HttpResponse, post, rt};
/// use sessions_runtime::{SessionError, with_sessions};
///
/// #[with_sessions(default = "memory")]
/// #[post("/export")]
/// async fn export() -> Result<HttpResponse, SessionError> {
///     session.insert("export", "running")?;
///     let handle = session.handle()?;
///     rt::spawn(async move {
///         // what takes long
///         handle.update(|session| {
///             session.insert("export", "done")?;
///             session.add_flash("Your export is ready")
///         }).await
///     });
///     Ok(HttpResponse::Accepted().finish())
/// }
/// # #[with_sessions(default = "memory")]
/// # #[actix_web::get("/")]
/// # async fn page() -> Result<String, SessionError> {
/// #     Ok(format!("{:?} {}", session.get::<String>("export")?, session.peek_flashes()?.len()))
/// # }
/// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
/// # use sessions_runtime::{Memory, SecretKey, Sessions, testing::{Client, serve}};
/// # let sessions = Sessions::builder()
/// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).backend("memory", Memory::new()).build()?;
/// # let server = serve(move |app| { app.app_data(sessions.clone()).service((export, page)); });
/// # let browser = Client::new(&server);
/// # assert_eq!(browser.post("/export").send().await.status, 202);
/// # let mut shown = String::new();
/// # while shown != r#"Some("done") 1"# { shown = browser.get("/").send().await.text(); }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SessionHandle {
    sessions: Sessions,
    definition: Arc<Definition>,
    backend: Arc<dyn Backend>,
    rules: Rules,
    link: Arc<Link>,
}

impl Session {
    /// A handle for what goes on after the response: a body that streams, a WebSocket, a job.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for a session in a sealed cookie, which cannot change once the response is on its way:
    /// give the session a server backend. [`ErrorKind::ReadOnly`] during an outage.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, session_store| {
    /// let cart = session_store.get_session("cart").backend("memory").await?;
    /// let handle = cart.handle()?;
    /// assert_eq!(handle.name(), "cart");
    /// assert!(session.handle().is_err(), "it is in the cookie");
    /// # Ok(()) });
    /// ```
    pub fn handle(&self) -> Result<SessionHandle, SessionError> {
        self.read(|_| ())?;
        self.needs_request("handle", "use the handle that it was called by")?;
        let Place::Server(backend) = &self.inner.definition.place else {
            return Err(SessionError::new(
                ErrorKind::Unsupported,
                format!(
                    "session `{}` lies in its cookie, which cannot change after the response: give it a server \
                     backend, as in `#[session(name = \"{0}\", backend = \"datastore\")]`",
                    self.name()
                ),
            ));
        };
        let link = self.write(|state| match &mut state.stored {
            Stored::Server(kept) => kept.link.get_or_insert_with(|| Arc::new(Link::new())).clone(),
            Stored::Cookie(_) => Arc::new(Link::new()),
        })?;
        Ok(SessionHandle {
            sessions: self.inner.sessions.clone(),
            definition: self.inner.definition.clone(),
            backend: backend.clone(),
            rules: self.inner.rules.get(),
            link,
        })
    }
}

impl SessionHandle {
    /// Loads the session, gives it to a function, and saves what that changed; answers what the function answers.
    ///
    /// The function runs again, on the fresh session, if another request got in between: what it does beside the session
    /// it must be able to do twice. Where it fails, nothing is written. It sees a real [`Session`], so that what handlers
    /// share works in it too; but it cannot await, and calls that need a request make the update fail with
    /// [`ErrorKind::Unsupported`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Gone`] where the session has ended, [`ErrorKind::Deadlock`] where the request that made the handle
    /// waits for this call, a failing backend, and what [`Session::save`] fails with. Whether a backend that failed has
    /// saved is unknown; nothing is tried twice.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// # let session = session_store.get_session("session2").backend("memory").await?;
    /// session.insert("chunks", 1)?;
    /// let handle = session.handle()?;
    /// # session.save().await?;
    /// // in the body of the response
    /// let chunks = handle.update(|session| session.update("chunks", |n: Option<u32>| n.unwrap_or(0) + 1)).await?;
    /// assert_eq!(chunks, 2);
    /// # Ok(()) });
    /// ```
    pub async fn update<R, F>(&self, change: F) -> Result<R, SessionError>
    where
        F: Fn(&Session) -> Result<R, SessionError>,
    {
        let seen = self.seen().await?;
        let key = seen.key;
        let updated = self.try_update(seen, change).await;
        self.log(key, updated.as_ref().map(|(_, fate)| *fate));
        updated.map(|(answer, _)| answer)
    }

    /// Loads the session and gives it to a function to read; answers what that answers. Reading keeps the session alive.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); [`ErrorKind::ReadOnly`] where the function changes the session.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// # let session = session_store.get_session("session2").backend("memory").await?;
    /// session.insert("user", "ada")?;
    /// let handle = session.handle()?;
    /// # session.save().await?;
    /// // later, in a WebSocket: is this still the same user?
    /// let user = handle.read(|session| session.get::<String>("user")).await?;
    /// assert_eq!(user.as_deref(), Some("ada"));
    /// # Ok(()) });
    /// ```
    pub async fn read<R, F>(&self, look: F) -> Result<R, SessionError>
    where
        F: FnOnce(&Session) -> Result<R, SessionError>,
    {
        let (seen, now) = (self.seen().await?, self.now());
        let key = seen.key;
        let Found {
            held,
            live,
            lock: _lock,
        } = self.find(seen, now).await?;
        let (answer, _) = self.apart(&held, &live, Phase::ReadOnly, look)?;
        self.touch(&held, now).await;
        self.know(key, &held, live);
        Ok(answer)
    }

    /// Ends the session, wherever it moved: its record is deleted, and no copy of its cookie opens it any more. The
    /// browser keeps a cookie that is worth nothing. That the session has ended already is success.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Deadlock`] where the request that made the handle waits for this call, and a failing backend:
    /// whether the session has ended is unknown then.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// # let session = session_store.get_session("session2").backend("memory").await?;
    /// session.insert("user", "ada")?;
    /// let handle = session.handle()?;
    /// # session.save().await?;
    /// handle.destroy().await?;
    /// assert!(handle.read(|session| session.get::<String>("user")).await.unwrap_err().is_gone());
    /// # Ok(()) });
    /// ```
    pub async fn destroy(&self) -> Result<(), SessionError> {
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(err) if err.is_gone() => return Ok(()),
            Err(err) => return Err(err),
        };
        let now = self.now();
        // Not under the session's lock: whoever holds it must not keep a session alive that is to end now.
        let ended = match protocol::follow(&*self.backend, seen.key, now).await {
            Ok(Some(held)) => protocol::destroy(&*self.backend, held, now).await,
            Ok(None) => Ok(()),
            Err(err) => Err(err),
        };
        self.log(seen.key, ended.as_ref().map(|()| "destroyed"));
        if ended.is_ok() {
            self.link.found(seen.key, Told::Missing(Missing::Ended));
        }
        ended
    }

    /// The session's name.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let handle = session_store.get_session("cart").backend("memory").await?.handle()?;
    /// assert_eq!(handle.name(), "cart");
    /// # Ok(()) });
    /// ```
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// The backend its bytes live in.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let handle = session_store.get_session("cart").backend("memory").await?.handle()?;
    /// assert_eq!(handle.backend().as_str(), "memory");
    /// # Ok(()) });
    /// ```
    pub fn backend(&self) -> &BackendName {
        &self.definition.backend
    }
}

/// Shows name and backend.
impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionHandle")
            .field("name", &self.definition.name)
            .field("backend", &self.definition.backend)
            .finish_non_exhaustive()
    }
}
