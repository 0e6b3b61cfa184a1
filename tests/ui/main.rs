//! What the macros accept, and what they say when they cannot.
//!
//! `pass/` compiles and runs. `fail/` has one mistake a file, named after what it shows. Under the compiler that recorded
//! the `.stderr` files they hold word for word; under any other one, what we say and where it stands does.
//! `TRYBUILD=overwrite` records them anew: look at each change.

mod mistakes;

use std::fs;

/// The compiler whose words are in the `.stderr` files.
const RECORDED: &str = "rustc 1.95.";

/// Of these, the compiler also shows the standard library's source, where that is installed.
const NOT_WORD_FOR_WORD: [&str; 1] = ["typed_session_bound_twice_shared.rs"];

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
        for file in fs::read_dir(place).expect("the cases are here").flatten() {
            let path = file.path();
            let is_case = path.extension().is_some_and(|extension| extension == "rs");
            if is_case && !NOT_WORD_FOR_WORD.iter().any(|name| path.ends_with(name)) {
                cases.compile_fail(path);
            }
        }
    }
}

#[test]
fn every_mistake_is_told_once_where_it_stands_by_any_compiler() {
    mistakes::check();
}

/// That they are told as recorded, and on which token, is shown by the tests above.
#[test]
fn nine_mistakes_on_one_handler_are_nine_errors_and_nothing_else() {
    let (mistakes, errors) = mistakes::numbered("ui/fail/nine_mistakes_on_one_handler.rs");
    assert_eq!(mistakes.len(), 9);
    assert_eq!(errors, mistakes);
}
