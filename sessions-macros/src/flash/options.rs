//! The options of `#[flash(..)]`: on the type, on a variant, and on a field, which has none.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Attribute, LitStr, Meta, Path};

use crate::diagnostics::Errors;
use crate::entry::{self, Entry, Value};
use crate::names;

/// The levels that have a variant of their own in the runtime's `Level`.
const LEVELS: [(&str, &str); 5] = [
    ("debug", "Debug"),
    ("info", "Info"),
    ("success", "Success"),
    ("warning", "Warning"),
    ("error", "Error"),
];

/// The queue of plain texts.
pub(super) const TEXTS: &str = "flash";

/// The longest name of a queue, in bytes.
const LONGEST_QUEUE: usize = 256;

/// What `#[flash(..)]` stands on.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Struct,
    Enum,
    Variant,
    Field,
}

impl Place {
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Struct => &["queue", "level", "text", "crate"],
            Self::Enum => &["queue", "level", "crate"],
            Self::Variant => &["level", "text"],
            Self::Field => &[],
        }
    }

    /// Why an option that exists elsewhere does not belong here.
    fn misplaced(self, key: &str) -> Option<String> {
        match (self, key) {
            (Self::Enum, "text") => Some("each variant has its own `text`; move it there".to_owned()),
            (Self::Variant, "queue" | "crate") => {
                Some(format!("`{key}` holds for all variants; move it above the enum"))
            }
            _ => None,
        }
    }
}

/// How a message is meant.
#[derive(Clone, PartialEq)]
pub(super) enum Level {
    /// A variant of the runtime's `Level`.
    Known(&'static str),
    /// The word of `Level::Other`.
    Other(String),
}

/// What the `#[flash(..)]` of one place say together.
#[derive(Default)]
pub(super) struct Options {
    pub(super) queue: Option<LitStr>,
    pub(super) level: Option<Level>,
    pub(super) text: Option<LitStr>,
    /// Whether there is a `text` at all, be it wrong.
    pub(super) has_text: bool,
    pub(super) runtime: Option<Path>,
}

/// Reads every `#[flash(..)]` among the attributes.
pub(super) fn read(attrs: &[Attribute], place: Place, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<Ident> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("flash")) {
        if place == Place::Field {
            errors.on(
                attr,
                "a field has no `#[flash(..)]`; name it in the `text`, in braces",
            );
            continue;
        }
        for entry in entry::entries(
            arguments(attr, errors),
            place.options().first().unwrap_or(&""),
            errors,
        ) {
            if seen.contains(&entry.key) {
                errors.on(&entry.key, format!("`{}` is given twice; remove one", entry.key));
            } else {
                seen.push(entry.key.clone());
                options.set(&entry, place, errors);
            }
        }
    }
    options
}

fn arguments(attr: &Attribute, errors: &mut Errors) -> TokenStream {
    if let Meta::List(list) = &attr.meta {
        return list.tokens.clone();
    }
    errors.on(
        attr,
        "`flash` takes its options in parentheses: `#[flash(level = \"success\")]`",
    );
    TokenStream::new()
}

impl Options {
    fn set(&mut self, entry: &Entry, place: Place, errors: &mut Errors) {
        let key = entry.key.to_string();
        if !place.options().contains(&key.as_str()) {
            return match place.misplaced(&key) {
                Some(message) => errors.on(&entry.key, message),
                None => self.unknown(entry, place, errors),
            };
        }
        match key.as_str() {
            "queue" => self.queue = queue(entry, errors),
            "level" => self.level = level(entry, errors),
            "text" => {
                self.has_text = true;
                self.text = entry.string("\"Saved {name}\"", errors);
            }
            _ => match &entry.value {
                Value::Path(path) => self.runtime = Some(path.clone()),
                _ => entry.expected("::path::to::sessions_runtime", errors),
            },
        }
    }

    /// Reports an unknown option, and reads a misspelt one as what it was meant to be.
    fn unknown(&mut self, entry: &Entry, place: Place, errors: &mut Errors) {
        let key = entry.key.to_string();
        let Some(near) = names::nearest(&key, place.options()) else {
            let known = place.options().join("`, `");
            return errors.on(
                &entry.key,
                format!("`#[flash]` has no option `{key}` here; it has `{known}`"),
            );
        };
        errors.on(
            &entry.key,
            format!("`#[flash]` has no option `{key}`; did you mean `{near}`?"),
        );
        let key = Ident::new(near, entry.key.span());
        let value = entry.value.clone();
        self.set(&Entry { key, value }, place, errors);
    }
}

fn queue(entry: &Entry, errors: &mut Errors) -> Option<LitStr> {
    let literal = entry.string("\"shop\"", errors)?;
    match literal.value().as_str() {
        // The limit of the runtime for every queue.
        name if name.is_empty() || name.len() > LONGEST_QUEUE => errors.on(
            &literal,
            "the name of a queue has 1 to 256 bytes; write `queue = \"shop\"`",
        ),
        TEXTS => errors.on(
            &literal,
            "the queue `flash` is that of plain texts; choose another name",
        ),
        _ => return Some(literal),
    }
    None
}

fn level(entry: &Entry, errors: &mut Errors) -> Option<Level> {
    if let Value::List(group) = &entry.value {
        return other_level(entry, group.stream(), errors);
    }
    let literal = entry.string("\"success\"", errors)?;
    let word = literal.value();
    let known = LEVELS.iter().find(|(level, _)| *level == word);
    if known.is_none() {
        let words = LEVELS.map(|(level, _)| level);
        let cure = names::nearest(&word, &words).map_or_else(
            || {
                format!(
                    "write `{}`, or a word of your own as `level(other = {})`",
                    words.join("`, `"),
                    literal.to_token_stream()
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        errors.on(
            &literal,
            format!("`level` cannot be `{}`; {cure}", word.escape_default()),
        );
    }
    known.map(|(_, variant)| Level::Known(variant))
}

/// `level(other = "party")`
fn other_level(level: &Entry, tokens: TokenStream, errors: &mut Errors) -> Option<Level> {
    let before = errors.len();
    let entries = entry::entries(tokens, "other", errors);
    let [entry] = entries.as_slice() else {
        if errors.len() == before {
            errors.on(
                level,
                "a level of your own is one word: `level(other = \"party\")`",
            );
        }
        return None;
    };
    if entry.key != "other" {
        errors.on(
            &entry.key,
            format!(
                "`level` has no option `{}`; a level of your own is written `level(other = \"party\")`",
                entry.key
            ),
        );
        return None;
    }
    let literal = entry.string("\"party\"", errors)?;
    let word = literal.value();
    if word.is_empty() {
        errors.on(&literal, "a level is a word; write `level(other = \"party\")`");
        return None;
    }
    if LEVELS.iter().any(|(known, _)| *known == word) {
        errors.on(
            level,
            format!("`{word}` is no level of your own; write `level = \"{word}\"`"),
        );
        return None;
    }
    Some(Level::Other(word))
}
