//! What `#[with_sessions]` accepts, and what it says when it cannot.
//!
//! `pass/` compiles and runs. `fail/` has one mistake a file; the file is named after the message in its `.stderr`.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
