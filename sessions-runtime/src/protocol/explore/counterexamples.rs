//! Orders of steps that break simpler protocols, each driven as it was found.
//!
//! The simpler protocols: a renew that creates the new record and deletes the old one; a destroy that deletes whatever is
//! there; a flash message that is consumed when the page is saved.

use super::engine::in_order;
use super::requests::{
    Act, Edit, OLD, Out, Request, Status, crashed, new_key, programs, reader, request, world,
};
use super::rules::{number, opened};
use crate::id::StoreKey;
use crate::record::Live;

const A: Edit = Edit::Set("a", 1);
const B: Edit = Edit::Set("b", 2);

/// Runs the requests in this order, and gives what they answered and every session that is alive afterwards.
#[track_caller]
fn run(
    requests: &[Request],
    flashes: &[&'static str],
    order: &[(usize, &str)],
) -> (Vec<Out>, Vec<(StoreKey, Live)>) {
    let mut world = world(flashes);
    let outs = in_order(&programs(requests), &mut world, order, &crashed());
    let live = world
        .records
        .keys()
        .filter_map(|key| Some((*key, opened(&world, *key)?)))
        .collect();
    (outs, live)
}

fn statuses(outs: &[Out]) -> Vec<&Status> {
    outs.iter().map(|out| &out.status).collect()
}

/// C5, V1
#[test]
fn a_renew_that_comes_after_a_destroy_creates_nothing() {
    let requests = [request(Act::Renew, &[A]), request(Act::Destroy, &[])];
    let order = [
        (2, "load"),
        (1, "load"),
        (2, "delete"),
        (1, "create"),
        (1, "replace"),
        (1, "delete"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Ended, &Status::Destroyed]);
    assert_eq!(outs[0].cookie, None);
    assert!(live.is_empty());
}

/// S10
#[test]
fn two_renews_do_not_fork_the_session() {
    let requests = [request(Act::Renew, &[A]), request(Act::Renew, &[B])];
    let order = [
        (2, "load"),
        (2, "create"),
        (1, "load"),
        (2, "replace"),
        (1, "create"),
        (1, "replace"),
        (1, "load"),
        (1, "delete"),
        (1, "load"),
        (1, "replace"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Merged, &Status::Renewed]);
    assert_eq!((outs[0].cookie, outs[1].cookie), (None, Some(new_key(1))));
    let [(key, session)] = &live[..] else {
        panic!("{} sessions", live.len())
    };
    assert_eq!(*key, new_key(1));
    assert_eq!((number(session, "a"), number(session, "b")), (Some(1), Some(2)));
}

/// C1
#[test]
fn a_write_between_the_steps_of_a_renew_is_kept() {
    let requests = [request(Act::Save, &[A]), request(Act::Renew, &[B])];
    let order = [
        (2, "load"),
        (2, "create"),
        (1, "load"),
        (1, "replace"),
        (2, "replace"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Saved, &Status::Renewed]);
    let [(key, session)] = &live[..] else {
        panic!("{} sessions", live.len())
    };
    assert_eq!(*key, new_key(1));
    assert_eq!((number(session, "a"), number(session, "b")), (Some(1), Some(2)));
}

/// C12
#[test]
fn a_write_that_crosses_a_renew_arrives_and_sends_no_cookie() {
    let requests = [request(Act::Save, &[A]), request(Act::Renew, &[B])];
    let order = [
        (2, "load"),
        (2, "create"),
        (1, "load"),
        (2, "replace"),
        (1, "replace"),
        (1, "load"),
        (1, "load"),
        (1, "replace"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Saved, &Status::Renewed]);
    assert_eq!(outs[0].cookie, None);
    assert_eq!(live.len(), 1);
    assert_eq!(number(&live[0].1, "a"), Some(1));
}

/// C8
#[test]
fn of_two_readers_one_gets_the_flash_message() {
    let order = [
        (1, "load"),
        (2, "load"),
        (1, "replace"),
        (2, "replace"),
        (2, "load"),
    ];
    let (outs, live) = run(&[reader(), reader()], &["f"], &order);
    assert_eq!(outs[0].shown, ["f"]);
    assert!(outs[1].shown.is_empty());
    assert!(live[0].1.flashes.is_empty());
}

/// C8, S9
#[test]
fn a_reader_from_before_a_renew_leaves_the_messages_to_the_new_id() {
    let requests = [reader(), request(Act::Renew, &[A])];
    let order = [
        (1, "load"),
        (2, "load"),
        (2, "create"),
        (2, "replace"),
        (1, "replace"),
        (1, "load"),
        (1, "load"),
    ];
    let (outs, live) = run(&requests, &["f"], &order);
    assert!(outs[0].shown.is_empty());
    assert_eq!(live[0].1.flashes.len(), 1);
}

/// S13
#[test]
fn ending_all_sessions_follows_one_that_is_renewed_meanwhile() {
    let requests = [request(Act::Renew, &[A]), request(Act::Revoke, &[])];
    let order = [
        (1, "load"),
        (2, "keysof"),
        (1, "create"),
        (1, "replace"),
        (2, "load"),
        (2, "load"),
        (2, "delete"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Renewed, &Status::Destroyed]);
    assert!(live.is_empty());
}

/// C5
#[test]
fn a_destroy_follows_a_renew_instead_of_deleting_its_trace() {
    let requests = [request(Act::Renew, &[A]), request(Act::Destroy, &[])];
    let order = [
        (1, "load"),
        (2, "load"),
        (1, "create"),
        (1, "replace"),
        (2, "delete"),
        (2, "load"),
        (2, "load"),
        (2, "delete"),
    ];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Renewed, &Status::Destroyed]);
    assert!(live.is_empty());
}

/// C5
#[test]
fn a_touch_does_not_bring_a_destroyed_session_back() {
    let requests = [request(Act::Touch, &[]), request(Act::Destroy, &[])];
    let order = [(1, "load"), (2, "load"), (2, "delete"), (1, "touch")];
    let (outs, live) = run(&requests, &[], &order);
    assert_eq!(statuses(&outs), [&Status::Touched, &Status::Destroyed]);
    assert!(live.is_empty());
}

/// Pitfall 4 of the protocol: a command costs time, so none may be made for nothing.
#[test]
fn operations_take_the_commands_that_were_counted() {
    let steps = |request: Request, flashes: &[&'static str], order: &[(usize, &str)]| {
        let (outs, _) = run(&[request], flashes, order);
        assert_ne!(outs[0].status, Status::Crashed);
    };
    steps(request(Act::Save, &[]), &[], &[(1, "load")]);
    steps(request(Act::Save, &[A]), &[], &[(1, "load"), (1, "replace")]);
    steps(reader(), &[], &[(1, "load")]);
    steps(reader(), &["f"], &[(1, "load"), (1, "replace")]);
    steps(
        request(Act::Renew, &[A]),
        &[],
        &[(1, "load"), (1, "create"), (1, "replace")],
    );
    steps(request(Act::Destroy, &[]), &[], &[(1, "load"), (1, "delete")]);
    let (_, live) = run(
        &[request(Act::Save, &[Edit::Set("base", 0)])],
        &[],
        &[(1, "load")],
    );
    assert_eq!(live[0].0, OLD);
}
