//! Two and three requests at once, in every order, also with a crash or an error at every step.

use super::engine::{Report, Trouble, explore, round_robin};
use super::requests::{Act, Edit, OLD, Request, Status, crashed, new_key, programs, reader, request, world};
use super::rules::{Rules, number, opened};
use super::world::World;

#[track_caller]
pub(super) fn holds(requests: &[Request], world: &World, rules: &Rules) {
    for trouble in [Trouble::Nothing, Trouble::Crash, Trouble::Failure] {
        let report: Report = explore(&programs(requests), world, trouble, &crashed(), |world, outs| {
            rules.check(world, outs)
        });
        assert!(report.states > 10 && report.ends > 1, "{report:?}");
        assert!(report.broken.is_empty(), "{trouble:?}: {:#?}", report.broken);
    }
}

pub(super) const A: Edit = Edit::Set("a", 1);
pub(super) const B: Edit = Edit::Set("b", 1);
const C: Edit = Edit::Set("c", 1);
pub(super) const LOGIN: Edit = Edit::Set("user", 7);

/// C1, C7
#[test]
fn two_and_three_writers_lose_nothing() {
    let [a, b, c] = [A, B, C].map(|edit| request(Act::Save, &[edit]));
    let mut rules = Rules {
        writes: vec![(0, "a", 1), (1, "b", 1)],
        ..Rules::default()
    };
    holds(&[a.clone(), b.clone()], &world(&[]), &rules);
    rules.writes.push((2, "c", 1));
    holds(&[a, b, c], &world(&[]), &rules);
}

/// C2
#[test]
fn three_updates_of_one_entry_all_count() {
    let update = request(Act::Save, &[Edit::Increment("n")]);
    let rules = Rules {
        counter: Some(("n", vec![0, 1, 2])),
        ..Rules::default()
    };
    holds(&[update.clone(), update.clone(), update], &world(&[]), &rules);
}

/// C3
#[test]
fn removing_and_setting_different_entries_keeps_both() {
    let (remove, set) = (
        request(Act::Save, &[Edit::Remove("base")]),
        request(Act::Save, &[A]),
    );
    let rules = Rules {
        writes: vec![(1, "a", 1)],
        ..Rules::default()
    };
    let report = explore(
        &programs(&[remove, set]),
        &world(&[]),
        Trouble::Nothing,
        &crashed(),
        |world, outs| {
            let mut broken = rules.check(world, outs);
            if opened(world, OLD).is_some_and(|live| number(&live, "base").is_some()) {
                broken.push("the removed entry is back".into());
            }
            broken
        },
    );
    assert!(report.broken.is_empty(), "{:#?}", report.broken);
}

/// C5, V1
#[test]
fn a_destroyed_session_stays_destroyed_whatever_is_written() {
    let rules = |at| Rules {
        destroyers: vec![at],
        ..Rules::default()
    };
    let [a, b] = [A, B].map(|edit| request(Act::Save, &[edit]));
    let (destroy, touch) = (request(Act::Destroy, &[]), request(Act::Touch, &[]));
    holds(&[a.clone(), destroy.clone()], &world(&[]), &rules(1));
    holds(&[a.clone(), b, destroy.clone()], &world(&[]), &rules(2));
    holds(&[touch, destroy.clone(), a], &world(&[]), &rules(1));
    holds(&[reader(), destroy], &world(&["f"]), &rules(1));
}

/// S9, S10, C14
#[test]
fn writers_and_a_renew_lose_nothing() {
    let rules = Rules {
        writes: vec![(0, "a", 1), (1, "user", 7)],
        renewers: vec![1],
        ..Rules::default()
    };
    let (a, login) = (request(Act::Save, &[A]), request(Act::Renew, &[LOGIN]));
    holds(&[a.clone(), login.clone()], &world(&[]), &rules);
    let rules = Rules {
        writes: vec![(0, "a", 1), (1, "user", 7), (2, "c", 1)],
        ..rules
    };
    holds(
        &[a, login, request(Act::Save, &[Edit::Increment("c")])],
        &world(&[]),
        &rules,
    );
}

/// S9, V27
#[test]
fn a_request_from_before_the_login_cannot_overwrite_it() {
    for (entry, edit) in [
        ("user", Edit::Set("user", 666)),
        ("user", Edit::Clear),
        ("base", Edit::Remove("base")),
        ("base", Edit::Clear),
    ] {
        let login = request(Act::Renew, &[Edit::Set(entry, 7)]);
        let rules = Rules {
            renewers: vec![1],
            privileged: Some((entry, 7)),
            ..Rules::default()
        };
        holds(&[request(Act::Save, &[edit]), login], &world(&[]), &rules);
    }
    let login = request(Act::Renew, &[LOGIN]);
    // Taking a flash message first leads it over the renew before it saves, or even renews itself.
    for act in [Act::Save, Act::Renew] {
        let late = Request {
            take: true,
            ..request(act, &[Edit::Set("user", 666)])
        };
        holds_login(&[late, login.clone()], &world(&["f"]));
    }
}

/// Of two that set one entry, with renews on both sides, the login's value holds unless the other one renewed itself.
#[track_caller]
fn holds_login(requests: &[Request], world: &World) {
    let rules = Rules::default();
    let report = explore(
        &programs(requests),
        world,
        Trouble::Nothing,
        &crashed(),
        |world, outs| {
            let mut broken = rules.check(world, outs);
            for out in outs.iter().filter(|out| out.status == Status::Renewed) {
                let id = out.cookie.expect("whoever wins has an id");
                if opened(world, id).is_none() {
                    broken.push("the id of the winner opens nothing".into());
                }
            }
            if outs[1].status == Status::Renewed
                && opened(world, new_key(1)).is_none_or(|live| number(&live, "user") != Some(7))
            {
                broken.push("the login was overwritten".into());
            }
            broken
        },
    );
    assert!(report.broken.is_empty(), "{:#?}", report.broken);
}

/// C5, S10
#[test]
fn renews_and_destroys_leave_nothing_alive() {
    let [a, b] = [A, B].map(|edit| request(Act::Renew, &[edit]));
    let (destroy, write) = (request(Act::Destroy, &[]), request(Act::Save, &[C]));
    let rules = |renewers: &[usize], destroyers: &[usize]| Rules {
        renewers: renewers.to_vec(),
        destroyers: destroyers.to_vec(),
        ..Rules::default()
    };
    holds(&[a.clone(), destroy.clone()], &world(&[]), &rules(&[0], &[1]));
    holds(
        &[a.clone(), destroy.clone(), write],
        &world(&[]),
        &rules(&[0], &[1]),
    );
    holds(
        &[a.clone(), b, destroy.clone()],
        &world(&[]),
        &rules(&[0, 1], &[2]),
    );
    holds(&[destroy.clone(), destroy, a], &world(&[]), &rules(&[2], &[0, 1]));
}

/// S10, C12
#[test]
fn of_two_renews_one_wins_and_both_are_kept() {
    let [a, b] = [A, B].map(|edit| request(Act::Renew, &[edit]));
    let rules = Rules {
        writes: vec![(0, "a", 1), (1, "b", 1)],
        renewers: vec![0, 1],
        ..Rules::default()
    };
    holds(&[a.clone(), b.clone()], &world(&[]), &rules);
    let rules = Rules {
        writes: vec![(0, "a", 1), (1, "b", 1), (2, "c", 1)],
        ..rules
    };
    holds(&[a, b, request(Act::Save, &[C])], &world(&[]), &rules);
}

/// C8, T72
#[test]
fn each_flash_message_is_shown_once() {
    let mut rules = Rules {
        flashes: vec![("f", None), ("g", None)],
        ..Rules::default()
    };
    let waiting = world(&["f", "g"]);
    holds(&[reader(), reader()], &waiting, &rules);
    let failing = Request {
        fail: true,
        ..reader()
    };
    holds(&[failing, reader()], &waiting, &rules);
    rules.flashes.push(("h", Some(2)));
    holds(
        &[reader(), reader(), request(Act::Save, &[Edit::Flash("h")])],
        &waiting,
        &rules,
    );
}

/// C8
#[test]
fn flash_messages_added_and_taken_at_once_are_not_lost() {
    let rules = Rules {
        flashes: vec![("f", None), ("g", Some(0)), ("h", Some(1))],
        ..Rules::default()
    };
    let [g, h] = ["g", "h"].map(|text| request(Act::Save, &[Edit::Flash(text)]));
    holds(&[g, h, reader()], &world(&["f"]), &rules);
}

/// C8
#[test]
fn a_flash_reader_a_writer_and_a_renew_get_along() {
    let rules = Rules {
        writes: vec![(0, "a", 1), (1, "b", 1), (2, "user", 7)],
        renewers: vec![2],
        flashes: vec![("f", None)],
        ..Rules::default()
    };
    let reading = Request {
        take: true,
        ..request(Act::Save, &[A])
    };
    holds(
        &[reading, request(Act::Save, &[B]), request(Act::Renew, &[LOGIN])],
        &world(&["f"]),
        &rules,
    );
    let failing = Request {
        fail: true,
        ..reader()
    };
    let rules = Rules {
        writes: vec![(1, "user", 7)],
        renewers: vec![1],
        ..rules
    };
    holds(&[failing, request(Act::Renew, &[LOGIN])], &world(&["f"]), &rules);
}

/// S13
#[test]
fn ending_all_sessions_of_a_principal_ends_renewed_ones_too() {
    let (revoke, renew) = (request(Act::Revoke, &[]), request(Act::Renew, &[A]));
    let rules = Rules {
        renewers: vec![1],
        destroyers: vec![0],
        ..Rules::default()
    };
    holds(&[revoke.clone(), renew.clone()], &world(&[]), &rules);
    holds(&[revoke, renew, request(Act::Save, &[B])], &world(&[]), &rules);
}

/// C2
/// Under `conflict = "reject"` a plain insert of what the handler computed loses nothing, and who is rejected leaves no
/// trace.
#[test]
fn where_conflicts_are_rejected_nobody_writes_over_what_it_has_not_seen() {
    let next = |act, take| Request {
        take,
        reject: true,
        ..request(act, &[Edit::Next("n")])
    };
    let rules = Rules {
        counter: Some(("n", vec![0, 1])),
        renewers: vec![0],
        ..Rules::default()
    };
    for first in [
        next(Act::Save, false),
        next(Act::Save, true),
        next(Act::Renew, false),
    ] {
        let pair = programs(&[first, next(Act::Save, false)]);
        let conflicts = std::cell::Cell::new(0);
        let report = explore(
            &pair,
            &world(&["f"]),
            Trouble::Nothing,
            &crashed(),
            |world, outs| {
                let rejected = outs.iter().filter(|out| out.status == Status::Conflict).count();
                conflicts.set(conflicts.get() + rejected);
                rules.check(world, outs)
            },
        );
        assert!(report.broken.is_empty(), "{:#?}", report.broken);
        assert!(conflicts.get() > 0, "no order led to a conflict");
    }
}

/// C2
#[test]
fn sixty_four_overlapping_updates_all_count() {
    let requests = vec![request(Act::Save, &[Edit::Increment("n")]); 64];
    // `.ci/deep` tries many times as many orders.
    let seeds = if std::env::var_os("SESSIONS_DEEP").is_some() {
        4_000
    } else {
        4
    };
    for seed in 0..seeds {
        let mut world = world(&[]);
        let outs = round_robin(&programs(&requests), &mut world, &crashed(), seed);
        assert!(outs.iter().all(|out| out.status == Status::Saved), "seed {seed}");
        assert_eq!(
            number(&opened(&world, OLD).unwrap(), "n"),
            Some(64),
            "seed {seed}"
        );
    }
}
