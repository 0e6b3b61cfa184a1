//! What a derived `Flash` will be, after every rule was asked.

use proc_macro2::{Ident, Span};
use syn::{Data, DataEnum, DeriveInput, Fields};

use super::options::{self, Level, Options, Place, TEXTS};
use super::text::{self, Text};
use crate::diagnostics::Errors;
use crate::mention::unraw;
use crate::path::Runtime;

/// A type of flash messages.
pub(super) struct Plan {
    pub(super) shape: Shape,
    pub(super) queue: String,
    pub(super) messages: Vec<Message>,
}

/// What is written even after a mistake.
pub(super) struct Shape {
    pub(super) runtime: Runtime,
    pub(super) name: Ident,
    /// Whether the type gets its `Display` from here.
    pub(super) display: bool,
}

/// One variant, or the whole of a struct.
pub(super) struct Message {
    /// `None`: the struct itself.
    pub(super) variant: Option<Ident>,
    pub(super) level: Level,
    pub(super) text: Option<Text>,
}

/// A type that breaks rules.
pub(super) struct Refused {
    pub(super) shape: Shape,
    pub(super) errors: Errors,
}

/// Asks every rule. All mistakes come back together.
pub(super) fn plan(input: &DeriveInput) -> Result<Plan, Refused> {
    let mut errors = Errors::default();
    let place = match &input.data {
        Data::Enum(_) => Place::Enum,
        Data::Struct(_) | Data::Union(_) => Place::Struct,
    };
    let own = options::read(&input.attrs, place, &mut errors);
    let runtime = Runtime::new(own.runtime.as_ref(), &mut errors);
    if !input.generics.params.is_empty() {
        errors.on(
            &input.generics,
            "a flash message cannot be generic: its queue belongs to one type, which owns its data; name the types",
        );
    }
    let queue = queue(&own, &input.ident, &mut errors);
    let messages = match &input.data {
        Data::Struct(data) => vec![message(None, &input.ident, &data.fields, own, None, &mut errors)],
        Data::Enum(data) => variants(&input.ident, data, own.level.as_ref(), &mut errors),
        Data::Union(data) => {
            errors.on(data.union_token, "a flash message is a struct or an enum");
            Vec::new()
        }
    };
    let display = has_texts(&messages, &mut errors);
    let shape = Shape {
        runtime,
        name: input.ident.clone(),
        display,
    };
    if !errors.is_empty() {
        return Err(Refused { shape, errors });
    }
    let messages = messages.into_iter().map(|(message, _)| message).collect();
    Ok(Plan {
        shape,
        queue,
        messages,
    })
}

fn queue(own: &Options, name: &Ident, errors: &mut Errors) -> String {
    if let Some(queue) = &own.queue {
        return queue.value();
    }
    let queue = snake_case(unraw(&name.to_string()));
    if queue == TEXTS {
        errors.on(
            name,
            "the queue `flash` is that of plain texts; add `#[flash(queue = \"..\")]`, or rename the type",
        );
    }
    queue
}

/// The message with whether it has a `text`, be it wrong.
type Read = (Message, bool);

fn variants(name: &Ident, data: &DataEnum, level: Option<&Level>, errors: &mut Errors) -> Vec<Read> {
    if data.variants.is_empty() {
        errors.on(name, "an enum without variants has no messages; add one");
    }
    let messages = data.variants.iter().map(|variant| {
        let own = options::read(&variant.attrs, Place::Variant, errors);
        let ident = &variant.ident;
        message(Some(ident), ident, &variant.fields, own, level, errors)
    });
    messages.collect()
}

fn message(
    variant: Option<&Ident>,
    owner: &Ident,
    fields: &Fields,
    own: Options,
    level: Option<&Level>,
    errors: &mut Errors,
) -> Read {
    for field in fields {
        options::read(&field.attrs, Place::Field, errors);
    }
    let text = own
        .text
        .and_then(|literal| text::read(&literal, owner, fields, errors));
    let message = Message {
        variant: variant.cloned(),
        level: own
            .level
            .or_else(|| level.cloned())
            .unwrap_or(Level::Known("Info")),
        text,
    };
    (message, own.has_text)
}

/// Whether the messages have texts; some with and some without is a mistake.
fn has_texts(messages: &[Read], errors: &mut Errors) -> bool {
    let any = messages.iter().any(|(_, has_text)| *has_text);
    for (message, _) in messages.iter().filter(|(_, has_text)| any && !has_text) {
        if let Some(variant) = &message.variant {
            errors.on(
                variant,
                format!(
                    "`{variant}` has no text, and other variants have one; add `#[flash(text = \"..\")]`, or implement \
                     `Display` and write no `text` at all"
                ),
            );
        }
    }
    any
}

/// The default queue of a type.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut word = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let begins = match before {
            Some('_') | None => false,
            // The last capital of several begins the next word: `HTTPError` is `http_error`.
            Some(before) if before.is_uppercase() => after.is_some_and(|after| after.is_lowercase()),
            Some(_) => true,
        };
        if letter.is_uppercase() && begins {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

impl Shape {
    /// Where messages about the whole type point.
    pub(super) fn span(&self) -> Span {
        self.name.span()
    }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    /// T69
    #[test]
    fn the_default_queue_is_the_type_s_name_in_snake_case() {
        for (name, queue) in [
            ("Notice", "notice"),
            ("ShopNotice", "shop_notice"),
            ("HTTPError", "http_error"),
            ("Level2Notice", "level2_notice"),
            ("OAuth", "o_auth"),
            ("already_snake", "already_snake"),
            ("Two_Words", "two_words"),
            ("Ärger", "ärger"),
            ("ABC", "abc"),
        ] {
            assert_eq!(snake_case(name), queue);
        }
    }
}
