//! The `text` of a message: a format string whose placeholders are the message's own fields.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::{Fields, LitStr, Member};

use crate::diagnostics::Errors;
use crate::mention::unraw;
use crate::names;

/// What may stand behind the width of a placeholder.
const TRAITS: [&str; 11] = ["", "?", "x?", "X?", "x", "X", "o", "b", "p", "e", "E"];

/// A text that was read.
pub(super) enum Text {
    /// Without placeholders, and with its doubled braces made single.
    Plain(String),
    Format {
        /// As written; or with names of our own, where a field's name cannot be that of an argument.
        literal: LitStr,
        /// The fields that it shows, each once, with the name that it has in the literal.
        shown: Vec<(Member, Ident)>,
    },
}

/// Reads a text; `owner` is what the fields belong to. Each mistake is reported on the literal.
pub(super) fn read(literal: &LitStr, owner: &Ident, fields: &Fields, errors: &mut Errors) -> Option<Text> {
    let before = errors.len();
    let mut reader = Reader {
        literal,
        owner,
        members: fields.members().collect(),
        shown: Vec::new(),
        errors,
    };
    let text = literal.value();
    let pieces = reader.pieces(&text);
    let shown = reader.shown;
    if errors.len() > before {
        return None;
    }
    if shown.is_empty() {
        let plain = pieces.into_iter().map(|piece| match piece {
            Piece::Words(words) => words,
            Piece::Field(_) => String::new(),
        });
        return Some(Text::Plain(plain.collect()));
    }
    let spelt: Option<Vec<Ident>> = shown.iter().map(name_of).collect();
    let (literal, names) = if let Some(names) = spelt {
        // The compiler points into a literal only if it is the one in the source.
        (literal.clone(), names)
    } else {
        let names: Vec<Ident> = (0..shown.len())
            .map(|index| format_ident!("field{index}"))
            .collect();
        (LitStr::new(&respell(&pieces, &names), literal.span()), names)
    };
    let shown = shown.into_iter().zip(names).collect();
    Some(Text::Format { literal, shown })
}

/// A part of a text.
enum Piece {
    /// What stands between placeholders, with single braces.
    Words(String),
    /// The inside of a placeholder: what is kept as written, and fields by their position among the shown ones.
    Field(Vec<Inside>),
}

enum Inside {
    Kept(String),
    Shown(usize),
}

struct Reader<'text> {
    literal: &'text LitStr,
    owner: &'text Ident,
    members: Vec<Member>,
    shown: Vec<Member>,
    errors: &'text mut Errors,
}

impl Reader<'_> {
    fn error(&mut self, message: &str) {
        self.errors.on(self.literal, message);
    }

    fn pieces(&mut self, mut rest: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(at) = rest.find(['{', '}']) {
            let (words, from_brace) = rest.split_at(at);
            pieces.push(Piece::Words(words.to_owned()));
            if let Some(behind) = ["{{", "}}"]
                .iter()
                .find_map(|double| from_brace.strip_prefix(double))
            {
                pieces.push(Piece::Words(from_brace.chars().take(1).collect()));
                rest = behind;
            } else if let Some((inside, behind)) = from_brace
                .strip_prefix('{')
                .and_then(|inside| inside.split_once('}'))
                .filter(|(inside, _)| !inside.contains('{'))
            {
                pieces.push(Piece::Field(self.placeholder(inside)));
                rest = behind;
            } else {
                let brace: String = from_brace.chars().take(1).collect();
                self.error(&format!(
                    "this text has a `{brace}` without its partner; write `{brace}{brace}` for a brace that is shown"
                ));
                return pieces;
            }
        }
        pieces.push(Piece::Words(rest.to_owned()));
        pieces
    }

    /// What stands between two braces: `field`, or `field:specification`.
    fn placeholder(&mut self, inside: &str) -> Vec<Inside> {
        let (name, specification) = match inside.split_once(':') {
            Some((name, specification)) => (name.trim(), Some(specification.trim_end())),
            None => (inside.trim(), None),
        };
        let mut parts = vec![self.field(name)];
        if let Some(specification) = specification {
            parts.push(Inside::Kept(":".to_owned()));
            self.specification(specification, &mut parts);
        }
        parts
    }

    /// `[[fill]align][sign]['#']['0'][width]['.' precision]type`, where width and precision may be fields.
    fn specification(&mut self, text: &str, parts: &mut Vec<Inside>) {
        let is_align = |letter: char| matches!(letter, '<' | '^' | '>');
        let mut letters = text.chars();
        let (first, second) = (letters.next(), letters.next());
        let aligned = if second.is_some_and(is_align) {
            2
        } else {
            usize::from(first.is_some_and(is_align))
        };
        let (align, mut rest) = match text.char_indices().nth(aligned) {
            Some((at, _)) => text.split_at(at),
            None => (text, ""),
        };
        let mut kept = align.to_owned();
        for flags in [&['+', '-'][..], &['#'], &['0']] {
            if let Some(behind) = rest.strip_prefix(flags)
                && !behind.starts_with('$')
            {
                kept.extend(rest.chars().next());
                rest = behind;
            }
        }
        parts.push(Inside::Kept(kept));
        rest = self.count(rest, parts);
        if let Some(behind) = rest.strip_prefix('.') {
            parts.push(Inside::Kept(".".to_owned()));
            if behind.starts_with('*') {
                return self.error("`.*` takes a value of its own; name a field: `{price:.digits$}`");
            }
            rest = self.count(behind, parts);
        }
        if TRAITS.contains(&rest) {
            parts.push(Inside::Kept(rest.to_owned()));
        } else {
            self.error(&format!(
                "`{}` is no format; write `{{field}}`, `{{field:?}}` or another one of `std::fmt`",
                rest.escape_default()
            ));
        }
    }

    /// A width or precision: a number, or a field with `$`. Returns what follows.
    fn count<'text>(&mut self, text: &'text str, parts: &mut Vec<Inside>) -> &'text str {
        let end = text
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(text.len());
        let (word, behind) = text.split_at(end);
        if let Some(behind) = behind.strip_prefix('$') {
            let field = self.field(word);
            parts.extend([field, Inside::Kept("$".to_owned())]);
            return behind;
        }
        let end = text
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, behind) = text.split_at(end);
        parts.push(Inside::Kept(number.to_owned()));
        behind
    }

    /// The field of that name or number.
    fn field(&mut self, name: &str) -> Inside {
        let member = self.members.iter().find(|member| spelling(member) == name);
        let Some(member) = member.cloned() else {
            let problem = self.no_field(name);
            self.error(&problem);
            return Inside::Kept(String::new());
        };
        let position = self.shown.iter().position(|shown| *shown == member);
        Inside::Shown(position.unwrap_or_else(|| {
            self.shown.push(member);
            self.shown.len() - 1
        }))
    }

    fn no_field(&self, name: &str) -> String {
        let owner = self.owner;
        let spellings: Vec<String> = self.members.iter().map(spelling).collect();
        let known: Vec<&str> = spellings.iter().map(String::as_str).collect();
        let Some(first) = known.first() else {
            return format!(
                "`{owner}` has no fields, so its text has no `{{{name}}}`; write `{{{{` for a brace that is shown"
            );
        };
        if name.is_empty() {
            return format!("a placeholder names its field; write `{{{first}}}`");
        }
        if let Some(near) = names::nearest(name, &known).filter(|_| !is_number(first)) {
            return format!("`{owner}` has no field `{name}`; did you mean `{near}`?");
        }
        let known = known.join("`, `");
        format!(
            "`{owner}` has no field `{}`; it has `{known}`",
            name.escape_default()
        )
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// How a text speaks of a field.
fn spelling(member: &Member) -> String {
    match member {
        Member::Named(name) => unraw(&name.to_string()).to_owned(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The field's name as that of an argument; a number and a keyword cannot be one.
fn name_of(member: &Member) -> Option<Ident> {
    let spelling = spelling(member);
    let parsed = Ident::parse_any.parse_str(&spelling).ok()?;
    syn::parse_str::<Ident>(&spelling).ok()?;
    Some(Ident::new(&parsed.to_string(), Span::mixed_site()))
}

/// The text with other names for its fields.
fn respell(pieces: &[Piece], names: &[Ident]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(&words.replace('{', "{{").replace('}', "}}")),
            Piece::Field(parts) => {
                text.push('{');
                for part in parts {
                    match part {
                        Inside::Kept(kept) => text.push_str(kept),
                        Inside::Shown(position) => {
                            let name = names.get(*position).map(ToString::to_string);
                            text.push_str(&name.unwrap_or_default());
                        }
                    }
                }
                text.push('}');
            }
        }
    }
    text
}
