//! `Session`: one named session of one request, a dictionary of typed values.

mod about;
mod changes;
mod commit;
mod cookie_line;
mod flashes;
mod handle;
mod lifecycle;
mod lock;
mod origin;
mod state;
mod work;

use std::rc::Rc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use self::commit::Pending;
pub use self::handle::SessionHandle;
pub(crate) use self::handle::inside;
pub(crate) use self::lock::LockGuard;
pub use self::origin::Origin;
pub(crate) use self::state::{Inner, Kept, Phase, Sealed, State, Stored};
use crate::error::{ErrorKind, SessionError};
use crate::record::names;
use crate::value;

/// The longest entry name, in bytes.
const NAME_LIMIT: usize = 256;

/// One named session of one request: a dictionary of typed values, plus flash messages.
///
/// A cheap handle: clones share the session. It belongs to its request and its thread (`!Send`). What is changed here
/// is saved when the response is finished, if the bytes differ from what was loaded; afterwards the session is closed,
/// and calls return [`ErrorKind::Closed`]. Calls that return no `Result` then change nothing and log an error.
/// What goes on longer than the response takes a [`handle`](Self::handle) with it.
///
/// Values are stored as MessagePack with field names: added and removed fields of a struct are no error, another type
/// is. What is never read stays bytes.
///
/// # Limitations
///
/// `Some(None)` of an `Option<Option<T>>` comes back as `None`. An integer reads back as any integer type it fits.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// session.insert("visits", 1)?;
/// let visits = session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
/// assert_eq!(visits, 2);
/// assert_eq!(session.get::<u32>("visits")?, Some(2));
/// # Ok(()) });
/// ```
#[derive(Clone)]
pub struct Session {
    pub(crate) inner: Rc<Inner>,
}

impl Session {
    #[inline]
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Rc::new(inner),
        }
    }

    pub(crate) fn read<R>(&self, read: impl FnOnce(&State) -> R) -> Result<R, SessionError> {
        self.inner.consulted.set(true);
        let state = self.inner.state.borrow();
        state.check_open(self.name())?;
        Ok(read(&state))
    }

    pub(crate) fn write<R>(&self, write: impl FnOnce(&mut State) -> R) -> Result<R, SessionError> {
        self.inner.consulted.set(true);
        let mut state = self.inner.state.borrow_mut();
        state.check_writable(self.name())?;
        state.written = true;
        Ok(write(&mut state))
    }

    /// The encoded value of an entry: user code that reads it runs after the borrow.
    #[inline]
    fn bytes_of(&self, name: &str) -> Result<Option<Bytes>, SessionError> {
        self.read(|state| state.live.entries.shared(name))
    }

    /// For calls without a `Result`: what would have been the error is logged.
    fn or_log<R>(&self, result: Result<R, SessionError>, otherwise: R) -> R {
        result.unwrap_or_else(|err| {
            if let Some(apart) = &self.inner.apart {
                apart.refuse(err);
                return otherwise;
            }
            tracing::error!(session = %self.name(), error = %err, "a session call had no effect");
            otherwise
        })
    }

    /// The value of an entry, `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Type`] where the stored value has another type.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("lang", "de")?;
    /// assert_eq!(session.get::<String>("lang")?.as_deref(), Some("de"));
    /// assert_eq!(session.get::<String>("theme")?, None);
    /// assert!(session.get::<u32>("lang").is_err());
    /// # Ok(()) });
    /// ```
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SessionError> {
        match self.bytes_of(name)? {
            Some(bytes) => value::decode(&bytes).map(Some),
            None => Ok(None),
        }
    }

    /// Sets an entry. A value equal to the stored one changes nothing: no write, no cookie.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`] where the value cannot be serialised, [`ErrorKind::InvalidName`] for an empty name, one over
    /// 256 bytes, or one with a control character that typed sessions use (U+001E, U+001F).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// assert!(session.is_modified());
    /// # Ok(()) });
    /// ```
    pub fn insert<T: Serialize>(&self, name: &str, value: T) -> Result<(), SessionError> {
        check_name(name)?;
        let bytes = value::encode(&value)?;
        let replaced = self.write(|state| {
            if !state.live.entries.set(name, &bytes) {
                return None;
            }
            match &mut state.stored {
                Stored::Server(kept) => {
                    let bytes = Bytes::copy_from_slice(&bytes);
                    Some(kept.edits.set(name.into(), bytes))
                }
                Stored::Cookie(_) => None,
            }
        })?;
        // A replaced `update` drops what its closure captured: user code, so only after the borrow.
        drop(replaced);
        Ok(())
    }

    /// Removes an entry; says whether there was one. An absent entry changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// assert!(session.remove("user"));
    /// assert!(!session.remove("user"));
    /// # Ok(()) });
    /// ```
    pub fn remove(&self, name: &str) -> bool {
        let removed = self.write(|state| state.remove(name));
        let (there, replaced) = self.or_log(removed, (false, None));
        drop(replaced);
        there
    }

    /// Removes an entry and gives its value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Type`] where the stored value has another type; it then stays where it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("next", "/cart")?;
    /// assert_eq!(session.take::<String>("next")?.as_deref(), Some("/cart"));
    /// assert_eq!(session.take::<String>("next")?, None);
    /// # Ok(()) });
    /// ```
    pub fn take<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SessionError> {
        let value = self.get(name)?;
        if value.is_some() {
            let removed = self.write(|state| state.remove(name))?;
            drop(removed);
        }
        Ok(value)
    }

    /// Changes an entry by a function of its present value, and gives the new value.
    ///
    /// On a server backend the function runs again, on the fresh value, if another request got in between: no update is
    /// lost, even of the same entry. So the value returned here is provisional; a decision that must hold is taken after
    /// [`save`](Self::save), or under a lock. While it re-runs, calls on this session return [`ErrorKind::Closed`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Type`] where the present value has another type; nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// let amount = 3;
    /// let total = session.update("total", move |n: Option<u32>| n.unwrap_or(0) + amount)?;
    /// assert_eq!(total, 3);
    /// # Ok(()) });
    /// ```
    pub fn update<T, F>(&self, name: &str, change: F) -> Result<T, SessionError>
    where
        T: Serialize + DeserializeOwned + 'static,
        F: Fn(Option<T>) -> T + 'static,
    {
        check_name(name)?;
        let present = self.bytes_of(name)?;
        let value = change(present.as_deref().map(value::decode).transpose()?);
        let bytes = value::encode(&value)?;
        let run =
            move |fresh: Option<&[u8]>| value::encode_kept(&change(fresh.map(value::decode).transpose()?));
        self.write(|state| {
            state.live.entries.set(name, &bytes);
            if let Stored::Server(kept) = &mut state.stored {
                let bytes = Bytes::copy_from_slice(&bytes);
                kept.edits.apply(name.into(), Rc::new(run), present, bytes);
            }
        })?;
        Ok(value)
    }

    /// Changes an entry in place; an absent one starts from its default. Re-runs like [`update`](Self::update).
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// let sku = String::from("tea");
    /// session.modify("seen", move |seen: &mut Vec<String>| seen.push(sku.clone()))?;
    /// assert_eq!(session.get::<Vec<String>>("seen")?.unwrap(), ["tea"]);
    /// # Ok(()) });
    /// ```
    pub fn modify<T, F>(&self, name: &str, change: F) -> Result<(), SessionError>
    where
        T: Serialize + DeserializeOwned + Default + 'static,
        F: Fn(&mut T) + 'static,
    {
        self.update(name, move |value: Option<T>| {
            let mut value = value.unwrap_or_default();
            change(&mut value);
            value
        })?;
        Ok(())
    }

    /// Whether there is an entry of this name.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert!(!session.contains_key("user"));
    /// # Ok(()) });
    /// ```
    pub fn contains_key(&self, name: &str) -> bool {
        let found = self.read(|state| state.live.entries.get(name).is_some());
        self.or_log(found, false)
    }

    /// How many entries there are. Flash messages are not counted.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// assert_eq!(session.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn len(&self) -> usize {
        let len = self.read(|state| state.live.entries.len());
        self.or_log(len, 0)
    }

    /// Whether there is no entry.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// assert!(session.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of all entries, sorted.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// session.insert("lang", "en")?;
    /// assert_eq!(session.keys(), ["lang", "user"]);
    /// # Ok(()) });
    /// ```
    pub fn keys(&self) -> Vec<String> {
        let keys = self.read(|state| {
            state
                .live
                .entries
                .iter()
                .map(|(name, _)| name.to_string())
                .collect()
        });
        self.or_log(keys, Vec::new())
    }

    /// Removes every entry: those of other requests too, that are there when this one is saved. Flash messages stay, so
    /// that "you have been signed out" is still shown; the id stays, which [`destroy`](Self::destroy) ends.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// session.add_flash("Bye")?;
    /// session.clear();
    /// assert!(session.is_empty());
    /// assert_eq!(session.peek_flashes()?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn clear(&self) {
        let cleared = self.write(|state| {
            state.live.entries.clear();
            match &mut state.stored {
                Stored::Server(kept) => Some(kept.edits.clear()),
                Stored::Cookie(_) => None,
            }
        });
        let replaced = self.or_log(cleared, None);
        drop(replaced);
    }
}

fn check_name(name: &str) -> Result<(), SessionError> {
    if name.is_empty() || name.len() > NAME_LIMIT {
        return Err(SessionError::new(
            ErrorKind::InvalidName,
            "an entry's name must have between 1 and 256 bytes",
        ));
    }
    // No other letter has such a byte in it.
    if name.bytes().map(char::from).any(names::is_reserved) {
        return Err(SessionError::new(
            ErrorKind::InvalidName,
            "an entry's name cannot contain the control characters U+001E and U+001F, which typed sessions use",
        ));
    }
    Ok(())
}
