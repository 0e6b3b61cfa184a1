//! `TypedSession`: the handle of a session that is defined on a type.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::{SessionData, Split, difference, open};
use crate::error::SessionError;
use crate::record::{Changes, Entries};
use crate::session::Session;

/// A typed session without a binding in the handler's signature: what
/// [`session_store.session::<Cart>().await`](crate::SessionStore::session) gives.
///
/// A cheap handle: clones share the session with each other, with `cart: &mut Cart` in the same handler, and with the untyped
/// session of the same name.
///
/// # Beside a binding
///
/// A handle sees and writes the session's entries at once. A `&mut Cart` in the handler's signature was read when the
/// handler began, and what was changed in it is written when the handler has returned: so neither sees what the other does,
/// both arrive, and of one entry that both changed the binding's value stays. [`destroy`](Self::destroy) ends the binding's
/// session too: what was changed in the binding is dropped then.
///
/// # Examples
///
/// ```standalone_crate
/// # use serde::{Deserialize, Serialize};
/// # use sessions_runtime::SessionData;
/// #[derive(Serialize, Deserialize, Default, SessionData)]
/// #[session(backend = "memory")]
/// struct Visits {
///     count: u32,
/// }
///
/// # sessions_runtime::testing::in_handler(async |_, session_store| {
/// let visits = session_store.session::<Visits>().await?;
/// visits.update(|visits| visits.count += 1)?;
/// assert_eq!(visits.get()?.count, 1);
/// # Ok(()) });
/// ```
pub struct TypedSession<T> {
    session: Session,
    data: PhantomData<fn() -> T>,
}

impl<T: SessionData> TypedSession<T> {
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            data: PhantomData,
        }
    }

    /// The value as it is now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after the response.
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_1")]
    /// # struct Visits { count: u32 }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let visits = session_store.session::<Visits>().await?;
    /// assert_eq!(visits.get()?.count, 0);
    /// # Ok(()) });
    /// ```
    pub fn get(&self) -> Result<T, SessionError> {
        let entries = self.session.entries()?;
        Ok(open(&entries, self.session.name()).value)
    }

    /// Puts another value in the place of the present one, and writes the entries that differ.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode) where the value cannot be serialised.
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_2")]
    /// # struct Visits { count: u32 }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let visits = session_store.session::<Visits>().await?;
    /// visits.set(&Visits { count: 7 })?;
    /// assert_eq!(visits.get()?.count, 7);
    /// # Ok(()) });
    /// ```
    pub fn set(&self, value: &T) -> Result<(), SessionError> {
        let entries = self.session.entries()?;
        let present = open::<T>(&entries, self.session.name());
        let before = Split::of(&present.value)?;
        let after = Split::of(value)?;
        self.session
            .change(&difference(&before, &after, &entries, &present.reading))
    }

    /// Changes the value by a function, and gives what came of it.
    ///
    /// On a server backend the function runs again, on the fresh value, if another request got in between: no update is
    /// lost, also where it counts or decides. So the value returned here is provisional. While it runs again, calls on this
    /// session return [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode) where the value cannot be serialised; nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_3")]
    /// # struct Visits { count: u32 }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let visits = session_store.session::<Visits>().await?;
    /// let now = visits.update(|visits| visits.count += 1)?;
    /// assert_eq!(now.count, 1);
    /// # Ok(()) });
    /// ```
    pub fn update<F: Fn(&mut T) + 'static>(&self, change: F) -> Result<T, SessionError> {
        let name = self.session.name().to_owned();
        let entries = self.session.entries()?;
        let (value, changes) = rewrite(&entries, &change, &name)?;
        let run = move |fresh: &Entries| rewrite(fresh, &change, &name).map(|(_, changes)| changes);
        self.session.rewrite(Rc::new(run), entries, changes)?;
        Ok(value)
    }

    /// Gives the session a new id and keeps its data: see [`Session::renew`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_4")]
    /// # struct Account { user: Option<String> }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let account = session_store.session::<Account>().await?;
    /// account.update(|account| account.user = Some("ada".into()))?;
    /// account.renew();
    /// # Ok(()) });
    /// ```
    pub fn renew(&self) {
        self.session.renew();
    }

    /// Ends the session on both sides: see [`Session::destroy`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_5")]
    /// # struct Account { user: Option<String> }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let account = session_store.session::<Account>().await?;
    /// account.update(|account| account.user = Some("ada".into()))?;
    /// account.destroy();
    /// assert_eq!(account.get()?.user, None);
    /// # Ok(()) });
    /// ```
    pub fn destroy(&self) {
        self.session.destroy();
    }

    /// Saves now instead of with the response: see [`Session::save`].
    ///
    /// # Errors
    ///
    /// As [`Session::save`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_6")]
    /// # struct Visits { count: u32 }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let visits = session_store.session::<Visits>().await?;
    /// visits.update(|visits| visits.count += 1)?;
    /// visits.save().await?;
    /// # Ok(()) });
    /// ```
    pub async fn save(&self) -> Result<(), SessionError> {
        self.session.save().await
    }

    /// The same session without its type: flash messages, lifetimes, origin, and entries beside the type's own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::SessionData;
    /// # #[derive(Serialize, Deserialize, Default, SessionData)]
    /// # #[session(name = "example_7")]
    /// # struct Visits { count: u32 }
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// let visits = session_store.session::<Visits>().await?;
    /// visits.untyped().add_flash("Welcome")?;
    /// assert_eq!(visits.untyped().backend().as_str(), "securecookie");
    /// # Ok(()) });
    /// ```
    pub fn untyped(&self) -> &Session {
        &self.session
    }
}

/// One run of an update: the value that comes of it, and what it changes.
fn rewrite<T: SessionData>(
    entries: &Entries,
    change: &impl Fn(&mut T),
    session: &str,
) -> Result<(T, Changes), SessionError> {
    let opened = open::<T>(entries, session);
    let mut value = opened.value;
    let before = Split::of(&value)?;
    change(&mut value);
    let after = Split::of(&value)?;
    Ok((value, difference(&before, &after, entries, &opened.reading)))
}

impl<T> Clone for TypedSession<T> {
    fn clone(&self) -> Self {
        Self {
            session: self.session.clone(),
            data: PhantomData,
        }
    }
}

/// As that of [`Session`]: no value is shown.
impl<T> fmt::Debug for TypedSession<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedSession").field(&self.session).finish()
    }
}
