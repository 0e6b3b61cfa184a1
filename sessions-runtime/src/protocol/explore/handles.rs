//! Handles among requests, in every order, also with a crash or an error at every step.

use super::requests::{Act, Edit, reader, request, world};
use super::rules::Rules;
use super::scenarios::{A, B, LOGIN, holds};

/// C2
#[test]
fn updates_by_handles_and_requests_all_count() {
    let (once, twice) = (&[Edit::Increment("n")][..], &[Edit::Increment("n"); 2][..]);
    let rules = Rules {
        counter: Some(("n", vec![0, 0, 1, 1])),
        ..Rules::default()
    };
    let handle = request(Act::Handle, twice);
    holds(&[handle.clone(), handle.clone()], &world(&[]), &rules);
    let rules = Rules {
        counter: Some(("n", vec![0, 1, 2])),
        ..Rules::default()
    };
    let [first, second] = [request(Act::Handle, once), request(Act::Handle, once)];
    holds(&[first, second, request(Act::Save, once)], &world(&[]), &rules);
}

/// C1
#[test]
fn what_a_handle_and_a_request_write_is_both_kept() {
    let rules = Rules {
        writes: vec![(0, "a", 1), (0, "b", 1), (1, "c", 1)],
        ..Rules::default()
    };
    let (handle, write) = (
        request(Act::Handle, &[A, B]),
        request(Act::Save, &[Edit::Set("c", 1)]),
    );
    holds(&[handle, write], &world(&[]), &rules);
}

/// C5, V1
#[test]
fn a_handle_never_revives_a_destroyed_session() {
    let (handle, destroy) = (request(Act::Handle, &[A, B]), request(Act::Destroy, &[]));
    let rules = |destroyer, renewers| Rules {
        destroyers: vec![destroyer],
        renewers,
        ..Rules::default()
    };
    holds(&[handle.clone(), destroy.clone()], &world(&[]), &rules(1, vec![]));
    let renew = request(Act::Renew, &[LOGIN]);
    holds(&[handle, renew, destroy], &world(&[]), &rules(2, vec![1]));
}

/// S9, V27
#[test]
fn a_handle_from_before_a_login_adds_to_it_and_cannot_overwrite_it() {
    let login = request(Act::Renew, &[LOGIN]);
    let rules = Rules {
        writes: vec![(0, "a", 1), (0, "b", 1), (1, "user", 7)],
        renewers: vec![1],
        ..Rules::default()
    };
    holds(
        &[request(Act::Handle, &[A, B]), login.clone()],
        &world(&[]),
        &rules,
    );
    let rules = Rules {
        privileged: Some(("user", 7)),
        renewers: vec![1],
        ..Rules::default()
    };
    for edits in [
        [Edit::Set("user", 666), Edit::Set("user", 667)],
        [Edit::Remove("user"), Edit::Set("user", 666)],
        [Edit::Clear, Edit::Remove("user")],
        [A, Edit::Set("user", 666)],
        [Edit::Increment("n"), Edit::Clear],
    ] {
        holds(
            &[request(Act::Handle, &edits), login.clone()],
            &world(&[]),
            &rules,
        );
    }
    // Before the login has set it, too.
    let rules = Rules {
        counter: Some(("n", vec![0, 0, 1])),
        renewers: vec![1],
        ..Rules::default()
    };
    let count = request(Act::Handle, &[Edit::Increment("n"); 2]);
    holds(
        &[count, request(Act::Renew, &[LOGIN, Edit::Increment("n")])],
        &world(&[]),
        &rules,
    );
}

/// C8
#[test]
fn messages_that_a_handle_adds_are_shown_once() {
    let rules = Rules {
        flashes: vec![("f", None), ("g", Some(0)), ("h", Some(0))],
        ..Rules::default()
    };
    let handle = request(Act::Handle, &[Edit::Flash("g"), Edit::Flash("h")]);
    holds(&[handle.clone(), reader()], &world(&["f"]), &rules);
    let rules = Rules {
        renewers: vec![1],
        ..rules
    };
    holds(&[handle, request(Act::Renew, &[LOGIN])], &world(&["f"]), &rules);
}
