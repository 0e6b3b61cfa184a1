//! `SessionData`: a type that is a session, and what it says about that session.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::open::{Opened, open};
use super::split::Split;
use crate::backend::BackendName;
use crate::config::{Options, SessionSettings};
use crate::error::SessionError;
use crate::record::Entries;

/// What session data has to be: the bounds of [`SessionData`] under one name, so that what is missing is one error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a session",
    label = "session data is `Serialize`, `Deserialize` and `Default`",
    note = "add what is missing: `#[derive(Serialize, Deserialize, Default, SessionData)]`"
)]
pub trait Storable: Serialize + DeserializeOwned + Default + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Default + 'static> Storable for T {}

/// What the derive says. It does not ask for serde's traits: where one is missing, that is said once, at the derive, and not
/// again wherever the type is bound.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no session data",
    label = "a session is bound by a type that derives `SessionData`",
    note = "add `#[derive(Serialize, Deserialize, Default, SessionData)]` to `{Self}`; an untyped session is `&Session`, and \
            an extractor is taken by value"
)]
pub trait Defined: Sized + 'static {
    /// The one definition of the session.
    const DATA: &'static Data;
    /// How values become entries, and entries values.
    const CODEC: Codec<Self>;
}

/// The ways between values and entries.
#[doc(hidden)]
pub struct Codec<T> {
    /// A value out of the entries of a session.
    pub(crate) open: fn(&Entries, &str) -> Opened<T>,
    /// The entries of a value.
    pub(crate) split: fn(&T) -> Result<Split, SessionError>,
    /// The value of an empty session.
    pub(crate) default: fn() -> T,
}

impl<T> std::fmt::Debug for Codec<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec").finish_non_exhaustive()
    }
}

/// The ways for a type that has serde's traits.
#[doc(hidden)]
pub const fn codec<T: Storable + Defined>() -> Codec<T> {
    Codec {
        open: open::<T>,
        split: Split::of::<T>,
        default: T::default,
    }
}

/// A type that is a session: defined once, bound by its type in any handler.
///
/// Derive it; there is no other way to implement it. It needs [`Serialize`], `Deserialize` and [`Default`]: a session that
/// is empty is the type's default, and so is a field that a stored session does not have.
///
/// # Examples
///
/// ```standalone_crate
/// use std::collections::BTreeMap;
///
/// use actix_web::{post, web};
/// use serde::{Deserialize, Serialize};
/// use sessions_runtime::{SessionData, SessionError, with_sessions};
///
/// #[derive(Serialize, Deserialize, Default, SessionData)]
/// #[session(name = "cart", backend = "memory", idle_timeout = "30m")]
/// struct Cart {
///     items: BTreeMap<String, u32>,
///     note: String,
/// }
///
/// #[with_sessions]
/// #[post("/cart/{sku}")]
/// async fn add(sku: web::Path<String>, cart: &mut Cart) -> Result<String, SessionError> {
///     *cart.items.entry(sku.into_inner()).or_default() += 1;
///     Ok(format!("{} of {} kinds", cart.items.values().sum::<u32>(), cart.items.len()))
/// }
/// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
/// # use sessions_runtime::{Memory, SecretKey, Sessions, testing::{Client, serve}};
/// # let sessions = Sessions::builder()
/// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).backend("memory", Memory::new()).build()?;
/// # let server = serve(move |app| { app.app_data(sessions.clone()).service(add); });
/// # let browser = Client::new(&server);
/// # browser.post("/cart/tea").send().await;
/// # browser.post("/cart/tea").send().await;
/// # assert_eq!(browser.post("/cart/cup").send().await.text(), "3 of 2 kinds");
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no session data",
    label = "a typed session needs a type that derives `SessionData`",
    note = "add `#[derive(Serialize, Deserialize, Default, SessionData)]` to `{Self}`"
)]
pub trait SessionData: Defined + Serialize + DeserializeOwned + Default {}

#[diagnostic::do_not_recommend]
impl<T: Defined + Serialize + DeserializeOwned + Default> SessionData for T {}

/// The one definition of a typed session.
#[doc(hidden)]
#[derive(Debug)]
pub struct Data {
    /// The session's name.
    pub name: &'static str,
    /// The type's name.
    pub type_name: &'static str,
    /// Its module's path.
    pub module: &'static str,
    /// Its file.
    pub file: &'static str,
    /// Its line.
    pub line: u32,
    /// Its backend, where the type says one.
    pub backend: Option<&'static BackendName>,
    /// What else the type says.
    pub options: Options,
    /// The fields that are one entry although they are map-like, by the names they are serialised under.
    pub whole: &'static [&'static str],
}

impl Data {
    /// Nothing said.
    pub const NONE: Self = Self {
        name: "",
        type_name: "",
        module: "",
        file: "",
        line: 0,
        backend: None,
        options: Options::NONE,
        whole: &[],
    };

    /// What the type says, as a layer of the session's settings.
    pub(crate) fn settings(&self) -> SessionSettings {
        self.options.all_settings(self.backend)
    }

    /// Whether both are the definition of one type: a constant may have several addresses.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.module, self.type_name, self.file, self.line)
            == (other.module, other.type_name, other.file, other.line)
    }

    /// Where the type is, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}:{} (`{}`)", self.file, self.line, self.type_name)
    }
}

/// Every type of session data that is linked into the program, in no particular order.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static TYPES: [&'static Data];
