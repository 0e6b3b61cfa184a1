//! The page of guarantees names tests, and they exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../sessions-runtime/src/docs/guarantees.md");
const SUITE: &str = "sessions-runtime/src/testing/suite/cases.rs";

/// Every `file.rs::test` of the page.
fn named() -> BTreeSet<(&'static str, &'static str)> {
    let quoted = PAGE.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|text| match text.split_once("::") {
            Some(("suite", test)) => Some((SUITE, test)),
            Some((file, test)) => Path::new(file).extension().map(|_| (file, test)),
            None => None,
        })
        .collect()
}

/// Whether a file has a test of this name, and not only a function or a word.
fn has_test(file: &str, test: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let source = fs::read_to_string(root.join(file)).unwrap_or_default();
    let ends = [
        format!("fn {test}("),
        format!("fn {test};"),
        format!("fn {test},"),
    ];
    ends.iter().any(|end| source.contains(end))
}

/// A promise whose test is gone is no promise.
#[test]
fn every_test_that_the_guarantees_name_exists() {
    let named = named();
    assert!(named.len() > 60, "{}", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(file, test)| !has_test(file, test))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Each line that promises something names what shows it.
#[test]
fn every_promise_names_a_test() {
    let promises = PAGE
        .split("## What is not promised")
        .next()
        .expect("a first part");
    for promise in promises.split("\n- ").skip(1) {
        assert!(promise.contains("::"), "{promise}");
    }
}
