//! The chapter "The attribute" of the documentation, held against what it describes: every option has an example there, and
//! what it shows as an expansion is one.
//!
//! `SESSIONS_MACROS_BLESS=1` writes the expansion in the chapter anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Item, Meta};

use crate::args::Attribute;
use crate::diagnostics::Errors;
use crate::flash::options::Place;
use crate::with_sessions::with_sessions;
use crate::{entry, leading, options};

fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sessions-runtime/src/docs")
        .join(page)
}

fn read(page: &str) -> String {
    fs::read_to_string(path(page)).expect("a page of the documentation")
}

/// The blocks of code that are compiled, with their hidden lines.
fn examples(page: &str) -> Vec<TokenStream> {
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```rust") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            examples.push(tokens(&code));
        }
    }
    examples
}

fn tokens(code: &[&str]) -> TokenStream {
    let shown = code.iter().map(|line| line.strip_prefix("# ").unwrap_or(line));
    let shown: Vec<&str> = shown.filter(|line| *line != "#").collect();
    shown.join("\n").parse().expect("code")
}

/// An option and what the attribute that has it stands on.
type Used = BTreeSet<(&'static str, String)>;

/// Notes the options of every attribute of ours.
fn note(stream: TokenStream, around: Delimiter, used: &mut Used) {
    let mut waiting: Vec<(String, TokenStream)> = Vec::new();
    let mut keyword = String::new();
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) =
                    trees.next_if(|next| matches!(next, TokenTree::Group(_)))
                    && let Ok(Meta::List(list)) = syn::parse2(group.stream())
                    && let Some(name) = list.path.get_ident()
                {
                    waiting.push((name.to_string(), list.tokens));
                }
                continue;
            }
            TokenTree::Group(group) => note(group.stream(), group.delimiter(), used),
            TokenTree::Ident(ident) => keyword = ident.to_string(),
            _ => {}
        }
        let place = match keyword.as_str() {
            "pub" | "async" => continue,
            "fn" | "mod" => "handler",
            "struct" | "enum" => "type",
            _ if around == Delimiter::Parenthesis => "parameter",
            _ => "part",
        };
        for (name, arguments) in waiting.drain(..) {
            if name != "with_sessions" && name != "session" && name != "flash" {
                continue;
            }
            let place = match (name.as_str(), place) {
                ("with_sessions", _) => "with_sessions",
                ("session", "handler") => "session",
                ("session", "type") => "session of a type",
                ("session", "parameter") => "session of a parameter",
                ("session", _) => "session of a field",
                ("flash", "type") => "flash of a type",
                _ => "flash of a variant",
            };
            let (_, arguments) = leading::leading_type(arguments);
            for entry in entry::entries(arguments, "", &mut Errors::default()) {
                used.insert((place, entry.key.to_string()));
            }
        }
    }
}

/// Every option, by the parser's own lists.
fn known() -> Used {
    let own = [
        ("with_sessions", Attribute::WithSessions),
        ("session", Attribute::Session),
        ("session of a type", Attribute::Data),
        ("session of a parameter", Attribute::Parameter),
    ];
    let own = own.iter().flat_map(|(place, attribute)| {
        attribute
            .own_options()
            .iter()
            .map(move |option| (*place, *option))
    });
    // On a parameter they are those of the attribute above.
    let common = ["with_sessions", "session", "session of a type"];
    let common = common
        .iter()
        .flat_map(|place| options::NAMES.iter().map(move |option| (*place, *option)));
    let flash = [
        ("flash of a type", Place::Struct),
        ("flash of a type", Place::Enum),
        ("flash of a variant", Place::Variant),
    ];
    let flash = flash
        .iter()
        .flat_map(|(place, part)| part.options().iter().map(move |option| (*place, *option)));
    own.chain(common)
        .chain(flash)
        .chain([("session of a field", "whole")])
        .map(|(place, option)| (place, option.to_owned()))
        .collect()
}

#[test]
fn every_option_has_an_example_and_is_in_the_table() {
    let chapter = read("attribute.md") + &read("typed.md");
    let mut used = Used::new();
    for example in examples(&chapter) {
        note(example, Delimiter::None, &mut used);
    }
    let known = known();
    let missing: Vec<_> = known.difference(&used).collect();
    assert!(missing.is_empty(), "the chapter has no example of {missing:?}");
    let strangers: Vec<_> = used.difference(&known).collect();
    let strange = |(place, option): &&(&str, String)| {
        *place != "session of a parameter" || !options::NAMES.contains(&option.as_str())
    };
    assert!(
        !strangers.iter().any(strange),
        "the chapter has options that do not exist: {strangers:?}"
    );
    for (place, option) in &known {
        let listed = |line: &str| {
            let first = line.strip_prefix("| ").and_then(|row| row.split(" | ").next());
            first.is_some_and(|cell| cell.contains(&format!("`{option}")))
        };
        assert!(
            chapter.lines().any(listed),
            "no table of the chapter lists `{option}`, {place}"
        );
    }
}

#[test]
fn what_the_chapter_shows_as_an_expansion_is_one() {
    const HEADING: &str = "\n## What it expands to\n";
    let page = read("attribute.md");
    let (before, section) = page.split_once(HEADING).expect("the section");
    let handler = examples(section).into_iter().next().expect("a handler");
    let (prose, rest) = section.split_once("```text\n").expect("an expansion");
    let (shown, after) = rest.split_once("```\n").expect("its end");
    let expansion = shortened(expansion_of(handler));
    if std::env::var_os("SESSIONS_MACROS_BLESS").is_some() {
        let page = format!("{before}{HEADING}{prose}```text\n{expansion}```\n{after}");
        fs::write(path("attribute.md"), page).expect("the chapter can be written");
        return;
    }
    assert!(
        expansion == shown,
        "docs/attribute.md shows another expansion; run with SESSIONS_MACROS_BLESS=1 and look at the change:\n{expansion}"
    );
    let remarks = after.trim_start().split("\n\n").next().unwrap_or_default();
    for remark in remarks.lines().filter(|line| line.starts_with("- ")) {
        let word = remark.split('`').nth(1).expect("a remark on a word");
        assert!(
            shown.contains(word),
            "there is no `{word}` in the expansion: {remark}"
        );
    }
}

/// The expansion of the one handler in an example.
fn expansion_of(example: TokenStream) -> TokenStream {
    let file: syn::File = syn::parse2(example).expect("items");
    let handler = file.items.into_iter().find_map(|item| match item {
        Item::Fn(mut handler) => {
            let own = |attr: &syn::Attribute| attr.path().is_ident("with_sessions");
            let at = handler.attrs.iter().position(own)?;
            let arguments = match handler.attrs.remove(at).meta {
                Meta::List(list) => list.tokens,
                _ => TokenStream::new(),
            };
            Some(with_sessions(arguments, &quote::quote!(#handler)))
        }
        _ => None,
    });
    handler.expect("a handler")
}

/// An expansion without what makes it hard to read: the paths to the runtime and the core library, the imports that stand
/// for them, and the attributes that keep lints quiet.
fn shortened(expansion: TokenStream) -> String {
    let file: syn::File = syn::parse2(short(expansion)).expect("an expansion is always items");
    prettyplease::unparse(&file)
}

fn short(stream: TokenStream) -> TokenStream {
    const PREFIXES: [&[&str]; 6] = [
        &[":", ":", "sessions_runtime", ":", ":", "__private", ":", ":"],
        &[":", ":", "sessions_runtime", ":", ":"],
        &["__sessions", ":", ":"],
        &[":", ":", "core", ":", ":", "option", ":", ":", "Option", ":", ":"],
        &[":", ":", "core", ":", ":", "future", ":", ":"],
        &[":", ":", "core", ":", ":"],
    ];
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let text = |at: usize| trees.get(at).map(ToString::to_string).unwrap_or_default();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let begins = |words: &&&[&str]| {
            words
                .iter()
                .enumerate()
                .all(|(index, word)| text(at + index) == *word)
        };
        if let Some(prefix) = PREFIXES.iter().find(begins) {
            at += prefix.len();
        } else if text(at) == "use" {
            let length = (at..trees.len()).take_while(|&next| text(next) != ";").count();
            at += length + 1;
        } else if text(at) == "#" && text(at + 1).starts_with("[allow") {
            at += 2;
        } else {
            kept.push(match tree {
                TokenTree::Group(group) => Group::new(group.delimiter(), short(group.stream())).into(),
                tree => tree.clone(),
            });
            at += 1;
        }
    }
    kept.into_iter().collect()
}
