use super::*;

#[test]
fn debug_prints_the_list_line_by_line_and_the_causes() {
    let err = SessionError::new(ErrorKind::Configuration, "two problems")
        .with_problems(vec!["first".into(), "second".into()])
        .with_source(std::io::Error::other("disk"));
    assert_eq!(
        format!("{err:?}"),
        "Configuration: two problems\n  - first\n  - second\ncaused by: disk"
    );
}

#[test]
fn only_a_failed_load_invites_a_retry() {
    let err = SessionError::unavailable("down");
    assert!(err.answer(true).headers().contains_key(header::RETRY_AFTER));
    assert!(!err.answer(false).headers().contains_key(header::RETRY_AFTER));
}
