//! Flash messages: what one request leaves for the next page to show.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::SessionError;
use crate::glue::FlashValue;
use crate::protocol::NewFlash;
use crate::record::StoredFlash;

/// The queue of plain text messages.
pub(crate) const TEXT_QUEUE: &str = "flash";

/// How a flash message is meant, for the page's colours and icons.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Level;
///
/// assert_eq!(Level::Success.as_str(), "success");
/// assert_eq!(Level::from("celebration"), Level::Other("celebration".into()));
/// assert_eq!(Level::default(), Level::Info);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// For developers.
    Debug,
    /// The default.
    #[default]
    Info,
    /// Something worked.
    Success,
    /// Something needs attention.
    Warning,
    /// Something failed.
    Error,
    /// A word of your own.
    Other(String),
}

impl Level {
    /// The level as a word, such as a CSS class.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::Level;
    ///
    /// assert_eq!(Level::Warning.as_str(), "warning");
    /// assert_eq!(Level::Other("party".into()).as_str(), "party");
    /// ```
    pub fn as_str(&self) -> &str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for Level {
    fn from(word: &str) -> Self {
        match word {
            "debug" => Self::Debug,
            "info" => Self::Info,
            "success" => Self::Success,
            "warning" => Self::Warning,
            "error" => Self::Error,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A message as a page layout shows it: level and text. `Display` is the text.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// use sessions_runtime::Level;
///
/// session.add_flash((Level::Success, "Saved"))?;
/// let message = session.take_flashes().await?.remove(0);
/// assert_eq!((message.level(), message.text()), (&Level::Success, "Saved"));
/// assert_eq!(message.queue(), "flash");
/// assert_eq!(message.to_string(), "Saved");
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlashMessage {
    queue: ByteString,
    level: Level,
    text: ByteString,
}

impl FlashMessage {
    pub(crate) fn new(queue: &ByteString, level: &ByteString, text: &ByteString) -> Self {
        Self {
            queue: queue.clone(),
            level: Level::from(&**level),
            text: text.clone(),
        }
    }

    /// How it is meant.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// # use sessions_runtime::Level;
    /// session.add_flash((Level::Error, "Sold out"))?;
    /// assert_eq!(session.take_flashes().await?[0].level(), &Level::Error);
    /// # Ok(()) });
    /// ```
    pub fn level(&self) -> &Level {
        &self.level
    }

    /// What it says. Not escaped: that is the template's duty.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// # use sessions_runtime::Level;
    /// session.add_flash((Level::Error, "Sold out"))?;
    /// assert_eq!(session.take_flashes().await?[0].text(), "Sold out");
    /// # Ok(()) });
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The queue it was added to.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// # use sessions_runtime::Level;
    /// session.add_flash((Level::Error, "Sold out"))?;
    /// assert_eq!(session.take_flashes().await?[0].queue(), "flash");
    /// # Ok(()) });
    /// ```
    pub fn queue(&self) -> &str {
        &self.queue
    }
}

impl fmt::Display for FlashMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A type whose values are flash messages, in a queue of their own. The macro of the same name writes it.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// use serde::{Deserialize, Serialize};
/// use sessions_runtime::{Flash, Level};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// enum Notice { Added { sku: String }, SoldOut }
///
/// impl Flash for Notice {
///     const QUEUE: &'static str = "notice";
///
///     fn level(&self) -> Level {
///         match self { Self::Added { .. } => Level::Success, Self::SoldOut => Level::Error }
///     }
///
///     fn text(&self) -> String {
///         match self { Self::Added { sku } => format!("Added {sku}"), Self::SoldOut => "Sold out".to_owned() }
///     }
/// }
///
/// session.add_flash(Notice::Added { sku: "tea".to_owned() })?;
/// session.add_flash(Notice::SoldOut)?;
/// let notices = session.take_flashes_of::<Notice>().await?;
/// assert_eq!(notices, [Notice::Added { sku: "tea".to_owned() }, Notice::SoldOut]);
/// # Ok(()) });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flash message",
    note = "add `#[derive(Flash)]` to it, or implement `Flash` with the name of its queue"
)]
pub trait Flash: FlashValue {
    /// The queue, usually the type's name in snake case. Two types must not share one.
    const QUEUE: &'static str;

    /// How the message is meant.
    fn level(&self) -> Level {
        Level::default()
    }

    /// The text a page layout shows that knows nothing of this type. Empty where nothing is said.
    fn text(&self) -> String {
        String::new()
    }
}

/// What [`Session::add_flash`](crate::Session::add_flash) takes: a text, a level with a text, or a [`Flash`] type.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// use sessions_runtime::Level;
///
/// session.add_flash("a text")?;
/// session.add_flash(format!("{} items", 3))?;
/// session.add_flash((Level::Other("party".into()), "level and text"))?;
/// assert_eq!(session.peek_flashes()?.len(), 3);
/// # Ok(()) });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added as a flash message",
    note = "pass a text, `(Level, text)`, or a value of a type with `#[derive(Flash)]`"
)]
pub trait IntoFlash {
    /// The message in the form that is stored.
    ///
    /// # Errors
    ///
    /// Fails when a typed message cannot be serialised.
    fn into_flash(self) -> Result<FlashParts, SessionError>;
}

/// A message on its way into a session.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{FlashParts, IntoFlash, SessionError};
///
/// /// What a page may add as a flash message.
/// struct Greeting(&'static str);
///
/// impl IntoFlash for Greeting {
///     fn into_flash(self) -> Result<FlashParts, SessionError> {
///         format!("Hello {}", self.0).into_flash()
///     }
/// }
///
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// session.add_flash(Greeting("Ada"))?;
/// assert_eq!(session.take_flashes().await?[0].text(), "Hello Ada");
/// # Ok(()) });
/// ```
#[derive(Debug)]
pub struct FlashParts {
    /// `None` is the queue of plain texts.
    queue: Option<&'static str>,
    level: Level,
    text: ByteString,
    value: Bytes,
}

impl FlashParts {
    fn text(level: Level, text: impl Into<ByteString>) -> Self {
        Self {
            queue: None,
            level,
            text: text.into(),
            value: Bytes::new(),
        }
    }

    /// Its size towards the limit.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.value.len()
    }

    pub(crate) fn into_new(self, queue: Option<&str>) -> NewFlash {
        let queue = match (queue, self.queue) {
            (Some(named), _) => ByteString::from(named),
            (None, own) => ByteString::from_static(own.unwrap_or(TEXT_QUEUE)),
        };
        NewFlash {
            queue,
            level: ByteString::from(self.level.as_str()),
            text: self.text,
            value: self.value,
        }
    }
}

impl<M: Flash> IntoFlash for M {
    fn into_flash(self) -> Result<FlashParts, SessionError> {
        Ok(FlashParts {
            queue: Some(M::QUEUE),
            level: self.level(),
            text: self.text().into(),
            value: self.encode()?,
        })
    }
}

macro_rules! text {
    ($($type:ty),+) => {$(
        impl IntoFlash for $type {
            fn into_flash(self) -> Result<FlashParts, SessionError> {
                Ok(FlashParts::text(Level::default(), self.to_string()))
            }
        }
    )+};
}

text!(&str, String, &String, Cow<'_, str>, fmt::Arguments<'_>);

impl<T: Into<String>> IntoFlash for (Level, T) {
    fn into_flash(self) -> Result<FlashParts, SessionError> {
        Ok(FlashParts::text(self.0, self.1.into()))
    }
}

/// Decodes the typed messages among `stored`. One that no longer decodes, after a deploy for instance, is dropped with
/// a line in the log: it must not make every later page fail.
pub(crate) fn typed<M: Flash>(stored: &[StoredFlash]) -> Vec<M> {
    let decoded = stored.iter().filter_map(|message| match M::decode(&message.value) {
        Ok(message) => Some(message),
        Err(err) => {
            tracing::warn!(queue = M::QUEUE, error = %err, "a flash message no longer decodes and is dropped");
            None
        }
    });
    decoded.collect()
}
