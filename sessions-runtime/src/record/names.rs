//! What the entries of a typed session are called.
//!
//! ```text
//! a field                      its name as serialised
//! an entry of a map-like field the field's name, U+001F, the key
//! a type that has no fields    the empty name
//! ```
//!
//! Nothing can collide: `Session::insert` refuses the empty name and both control characters, a field's own name is written
//! with [`escape`], so the first U+001F of a name always ends the field, and a key may be any text.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Ends the field's name in front of a key.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Begins what stands for a character, or for no character at all, that a field's name cannot have.
const ESCAPE: char = '\u{1e}';

/// The entry of a type that is stored whole.
pub(crate) const WHOLE: &str = "";

/// Whether only typed sessions may use a name with this character.
pub(crate) fn is_reserved(letter: char) -> bool {
    matches!(letter, SEPARATOR | ESCAPE)
}

/// A field's name as an entry's.
pub(crate) fn escape(field: &str) -> Cow<'_, str> {
    if !field.is_empty() && !field.contains(is_reserved) {
        return Cow::Borrowed(field);
    }
    let mut name = String::with_capacity(field.len() + 2);
    escape_into(field, &mut |text| name.push_str(text));
    Cow::Owned(name)
}

/// [`escape`] piece by piece, for a writer that has a buffer already.
pub(crate) fn escape_into(field: &str, push: &mut impl FnMut(&str)) {
    if field.is_empty() {
        push("\u{1e}");
    }
    for piece in field.split_inclusive(is_reserved) {
        match piece.chars().next_back() {
            Some(last) if is_reserved(last) => {
                push(&piece[..piece.len() - last.len_utf8()]);
                push(if last == SEPARATOR { "\u{1e}_" } else { "\u{1e}^" });
            }
            _ => push(piece),
        }
    }
}

/// The field's name that [`escape`] made an entry's of.
pub(crate) fn unescape(name: &str) -> Cow<'_, str> {
    if !name.contains(ESCAPE) {
        return Cow::Borrowed(name);
    }
    if name.len() == ESCAPE.len_utf8() {
        return Cow::Borrowed("");
    }
    Cow::Owned(name.replace("\u{1e}_", "\u{1f}").replace("\u{1e}^", "\u{1e}"))
}

/// The field, and the key within it.
pub(crate) fn split(entry: &str) -> (&str, Option<&str>) {
    match entry.split_once(SEPARATOR) {
        Some((field, key)) => (field, Some(key)),
        None => (entry, None),
    }
}

/// Whether an entry belongs to a map-like field.
pub(crate) fn is_part(entry: &str, field: &str) -> bool {
    entry
        .strip_prefix(field)
        .is_some_and(|rest| rest.starts_with(SEPARATOR))
}

/// Whether an entry sorts before all that belong to a map-like field.
pub(crate) fn is_below(entry: &[u8], field: &str) -> bool {
    let field = field.as_bytes();
    let common = entry.len().min(field.len());
    match entry[..common].cmp(&field[..common]) {
        Ordering::Equal => entry.get(field.len()).is_none_or(|next| *next < SEPARATOR as u8),
        other => other == Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_and_none_contains_the_separator() {
        for field in [
            "items",
            "",
            "a\u{1f}b",
            "\u{1e}",
            "\u{1e}_",
            "\u{1f}\u{1f}",
            "ä \u{1e}^ö",
            "_^",
        ] {
            let name = escape(field);
            assert!(!name.is_empty() && !name.contains(SEPARATOR), "{field:?}");
            assert_eq!(unescape(&name), field);
            let entry = format!("{name}\u{1f}a\u{1f}key");
            assert_eq!(split(&entry), (&*name, Some("a\u{1f}key")));
        }
    }

    #[test]
    fn different_fields_have_different_names() {
        let fields = [
            "a", "", "\u{1e}", "\u{1f}", "\u{1e}_", "\u{1e}^", "a\u{1f}", "a\u{1e}_",
        ];
        let mut names: Vec<_> = fields.iter().map(|field| escape(field)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), fields.len());
    }

    /// The names are part of the format: records of earlier versions have to be read.
    #[test]
    fn names_are_written_as_ever() {
        assert_eq!(escape("note"), "note");
        assert_eq!(escape("a\u{1f}b\u{1e}"), "a\u{1e}_b\u{1e}^");
        assert_eq!(escape(""), "\u{1e}");
    }
}
