//! Tokens as text that people can read: lines, indentation, and spaces where they are usual.
//!
//! It knows nothing of the grammar, and so takes any tokens; rustfmt and prettyplease write better, but the one is a
//! program and the other a dependency of every user.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Beyond this width, what stands in parentheses is broken at its commas.
const WIDTH: usize = 100;

/// Operators of several characters, longest first. `<<` and `>>` are left out: they end lists of generic arguments.
const OPERATORS: [&str; 20] = [
    "..=", "...", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=",
];

/// The tokens as text.
pub(crate) fn pretty(tokens: &TokenStream) -> String {
    let mut printer = Printer::default();
    printer.tokens(tokens, true);
    let lines: Vec<&str> = printer.text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// A word as it is printed: an operator of several characters is one.
#[derive(Clone)]
enum Word {
    Operator(String),
    /// A name or a literal.
    Text(String),
    Group(Group),
}

#[derive(Default)]
struct Printer {
    text: String,
    depth: usize,
}

impl Printer {
    /// Prints a sequence. In `lines`, statements and elements stand on lines of their own.
    fn tokens(&mut self, tokens: &TokenStream, lines: bool) {
        let words = words(tokens);
        for (index, word) in words.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| words.get(index));
            let after = words.get(index + 1);
            if before.is_some_and(|before| {
                spaced(
                    before,
                    word,
                    index.checked_sub(2).and_then(|index| words.get(index)),
                )
            }) {
                self.space();
            }
            self.word(word);
            let ends_line = match word {
                Word::Operator(operator) => operator == ";" || operator == ",",
                Word::Group(group) => match group.delimiter() {
                    Delimiter::Brace => !after.is_some_and(continues),
                    // An attribute.
                    Delimiter::Bracket => {
                        matches!(before, Some(Word::Operator(sign)) if sign == "#" || sign == "!")
                    }
                    Delimiter::Parenthesis | Delimiter::None => false,
                },
                Word::Text(_) => false,
            };
            if lines && ends_line && after.is_some() {
                self.line();
            }
        }
    }

    fn word(&mut self, word: &Word) {
        match word {
            Word::Operator(text) | Word::Text(text) => self.text.push_str(text),
            Word::Group(group) => self.group(group),
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::None => return self.tokens(&group.stream(), false),
        };
        self.text.push_str(open);
        if !group.stream().is_empty() {
            let mut inline = Self::default();
            inline.tokens(&group.stream(), false);
            let fits = !inline.text.contains('\n') && self.column() + inline.text.len() < WIDTH;
            if group.delimiter() != Delimiter::Brace && fits {
                self.text.push_str(&inline.text);
            } else {
                self.depth += 1;
                self.line();
                self.tokens(&group.stream(), true);
                self.depth -= 1;
                self.line();
            }
        }
        self.text.push_str(close);
    }

    fn column(&self) -> usize {
        self.text.len() - self.text.rfind('\n').map_or(0, |end| end + 1)
    }

    fn space(&mut self) {
        if !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.push_str(&"    ".repeat(self.depth));
    }
}

/// Whether a word goes on with what a group in braces began.
fn continues(word: &Word) -> bool {
    match word {
        Word::Operator(operator) => [",", ";", ".", "?", "=>"].contains(&operator.as_str()),
        Word::Text(text) => text == "else",
        Word::Group(group) => group.delimiter() == Delimiter::Parenthesis,
    }
}

fn words(tokens: &TokenStream) -> Vec<Word> {
    let mut words = Vec::new();
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        words.push(match token {
            TokenTree::Group(group) => Word::Group(group),
            TokenTree::Punct(first) => {
                let mut run = vec![first];
                let mut ahead = tokens.clone();
                while run.last().is_some_and(|last| last.spacing() == Spacing::Joint)
                    && let Some(TokenTree::Punct(next)) = ahead.next()
                {
                    run.push(next);
                }
                let run: String = run.iter().map(proc_macro2::Punct::as_char).collect();
                let operator = OPERATORS.iter().find(|operator| run.starts_with(**operator));
                let length = operator.map_or(1, |operator| operator.len());
                tokens.by_ref().take(length - 1).for_each(drop);
                Word::Operator(run.chars().take(length).collect())
            }
            TokenTree::Ident(ident) => Word::Text(ident.to_string()),
            TokenTree::Literal(literal) => Word::Text(literal.to_string()),
        });
    }
    words
}

/// Whether a space stands between two words; `before` is the one in front of both.
fn spaced(left: &Word, right: &Word, before: Option<&Word>) -> bool {
    let is_tight_left = match left {
        Word::Operator(operator) => match operator.as_str() {
            "::" | "." | "#" | "'" | "<" | "$" | "?" => true,
            "!" => !matches!(right, Word::Group(group) if group.delimiter() == Delimiter::Brace),
            // A reference or a dereference, unless a value stands in front of it.
            "&" | "&&" | "*" | "-" => !before.is_some_and(is_value),
            _ => false,
        },
        Word::Text(_) | Word::Group(_) => false,
    };
    if is_tight_left {
        return false;
    }
    match right {
        Word::Operator(operator) => match operator.as_str() {
            "," | ";" | "." | "?" | ":" | "<" | ">" => false,
            "::" => !is_path(left),
            "!" => !matches!(left, Word::Text(_)),
            _ => true,
        },
        Word::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis | Delimiter::Bracket => !is_callee(left),
            Delimiter::Brace | Delimiter::None => true,
        },
        Word::Text(_) => true,
    }
}

fn is_value(word: &Word) -> bool {
    match word {
        Word::Text(text) => !is_keyword(text),
        Word::Group(group) => group.delimiter() != Delimiter::Brace,
        Word::Operator(_) => false,
    }
}

fn is_path(word: &Word) -> bool {
    match word {
        Word::Text(text) => !is_keyword(text),
        Word::Operator(operator) => operator == ">",
        Word::Group(_) => false,
    }
}

fn is_callee(word: &Word) -> bool {
    match word {
        Word::Text(text) => !is_keyword(text) || text == "pub",
        Word::Operator(operator) => operator == ">",
        Word::Group(group) => group.delimiter() != Delimiter::Brace,
    }
}

/// Whether a word is no name, although it looks like one. `await` stands where names do.
fn is_keyword(text: &str) -> bool {
    [
        "as", "async", "break", "const", "dyn", "else", "fn", "for", "if", "impl", "in", "let", "loop",
        "match", "move", "mut", "pub", "ref", "return", "static", "use", "where", "while",
    ]
    .contains(&text)
}
