//! What `#[with_sessions]` accepts, and what it says when it cannot.
//!
//! `pass/` compiles and runs. `fail/` has one mistake a file, named after what it shows; the messages in the `.stderr` files
//! are those of rustc 1.95, and another compiler may word its own part differently. `TRYBUILD=overwrite` records them
//! anew: look at each change.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
    cases.compile_fail("ui/fail/flash/*.rs");
    cases.compile_fail("ui/fail/module/*.rs");
}
