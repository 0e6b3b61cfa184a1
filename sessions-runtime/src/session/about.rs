//! What can be asked about a session beside its entries.

use std::fmt;

use super::{Origin, Session, State};
use crate::backend::BackendName;

impl Session {
    /// Whether the session began with this request: nothing was loaded. Stays true after a save within the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert!(session.is_new());
    /// # Ok(()) });
    /// ```
    pub fn is_new(&self) -> bool {
        let fresh = self.read(|state| state.fresh);
        self.or_log(fresh, true)
    }

    /// Where the session came from: loaded, or why it is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert_eq!(session.origin().as_str(), "no cookie");
    /// # Ok(()) });
    /// ```
    pub fn origin(&self) -> Origin {
        self.inner.consulted.set(true);
        self.inner.state.borrow().origin
    }

    /// Whether saving now would write something: the bytes differ from what was loaded.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// assert!(session.is_modified());
    /// session.remove("user");
    /// assert!(!session.is_modified());
    /// # Ok(()) });
    /// ```
    pub fn is_modified(&self) -> bool {
        let modified = self.read(State::is_modified);
        self.or_log(modified, false)
    }

    /// The session's name: that of its cookie without prefix.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert_eq!(session.name(), "session");
    /// # Ok(()) });
    /// ```
    pub fn name(&self) -> &str {
        &self.inner.definition.name
    }

    /// The backend its bytes live in.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert_eq!(session.backend().as_str(), "securecookie");
    /// # Ok(()) });
    /// ```
    pub fn backend(&self) -> &BackendName {
        &self.inner.definition.backend
    }
}

/// Shows name, backend and entry count; never a value. For logs, so it does not count as looking at the session: the
/// level of a log must not change what is cached or kept alive.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.inner.state.borrow();
        f.debug_struct("Session")
            .field("name", &self.inner.definition.name)
            .field("backend", &self.inner.definition.backend)
            .field("origin", &state.origin)
            .field("entries", &state.live.entries.len())
            .finish_non_exhaustive()
    }
}
