//! What the macros accept, and what they say when they cannot.
//!
//! `pass/` compiles and runs. `fail/` has one mistake a file, named after what it shows. Under the compiler that recorded
//! the `.stderr` files they hold word for word; under any other one, what we say and where it stands does.
//! `TRYBUILD=overwrite` records them anew: look at each change.

mod mistakes;

/// The compiler whose words are in the `.stderr` files.
const RECORDED: &str = "rustc 1.95.";

#[test]
fn what_is_right_compiles_and_runs() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn every_mistake_is_told_word_for_word_as_recorded() {
    let compiler = mistakes::compiler();
    if !compiler.starts_with(RECORDED) {
        println!("skipped: the messages are those of {RECORDED}x, and this is {compiler}");
        return;
    }
    let cases = trybuild::TestCases::new();
    for place in mistakes::PLACES {
        cases.compile_fail(format!("{place}/*.rs"));
    }
}

#[test]
fn every_mistake_is_told_once_where_it_stands_by_any_compiler() {
    mistakes::check();
}
