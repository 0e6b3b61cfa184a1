use std::cell::Cell;

use super::*;
use crate::error::ErrorKind;
use crate::record::Change;
use crate::value;

fn live(entries: &[(&'static str, u64)]) -> Live {
    let mut live = Live::blank();
    for (name, value) in entries {
        live.entries.set(name, &value::encode_kept(value).unwrap());
    }
    live
}

fn bytes(value: u64) -> Bytes {
    value::encode_kept(&value).unwrap()
}

fn read(live: &Live) -> Vec<(String, u64)> {
    live.entries
        .iter()
        .map(|(name, bytes)| (name.to_string(), value::decode(bytes).unwrap()))
        .collect()
}

fn pairs(entries: &[(&str, u64)]) -> Vec<(String, u64)> {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}

/// An `update` whose first run was on `input`, with a count of how often the closure ran.
fn update(
    edits: &mut Edits,
    name: &'static str,
    input: Option<u64>,
    change: impl Fn(u64) -> u64 + 'static,
) -> Rc<Cell<u32>> {
    let runs = Rc::new(Cell::new(0));
    let counted = Rc::clone(&runs);
    let run = move |present: Option<&[u8]>| {
        counted.set(counted.get() + 1);
        value::encode_kept(&change(present.map(value::decode).transpose()?.unwrap_or(0)))
    };
    let output = run(input.map(bytes).as_deref()).unwrap();
    runs.set(0);
    edits.apply(name.into(), Rc::new(run), input.map(bytes), output);
    runs
}

fn replayed(edits: &Edits, base: &Live) -> Vec<(String, u64)> {
    read(&edits.replay(base, None).unwrap())
}

fn crossed(edits: &Edits, base: &Live, seen: &Live) -> Live {
    edits
        .replay(
            base,
            Some(Crossing {
                seen: &seen.entries,
                before: Some(seen),
            }),
        )
        .unwrap()
}

fn flash(text: &'static str) -> NewFlash {
    NewFlash {
        queue: "flash".into(),
        level: "info".into(),
        text: text.into(),
        value: Bytes::new(),
    }
}

#[test]
fn entries_of_other_requests_stay() {
    let mut edits = Edits::default();
    drop(edits.set("a".into(), bytes(1)));
    drop(edits.remove("gone".into()));
    let fresh = live(&[("b", 2), ("gone", 3)]);
    assert_eq!(replayed(&edits, &fresh), pairs(&[("a", 1), ("b", 2)]));
}

#[test]
fn steps_of_one_entry_run_in_order() {
    let mut edits = Edits::default();
    update(&mut edits, "n", Some(1), |n| n + 1);
    update(&mut edits, "n", Some(2), |n| n * 10);
    assert_eq!(
        replayed(&edits, &live(&[("n", 5), ("other", 1)])),
        pairs(&[("n", 60), ("other", 1)])
    );
    drop(edits.set("n".into(), bytes(7)));
    assert_eq!(replayed(&edits, &live(&[("n", 5)])), pairs(&[("n", 7)]));
    update(&mut edits, "n", Some(7), |n| n + 1);
    assert_eq!(replayed(&edits, &live(&[("n", 5)])), pairs(&[("n", 8)]));
    drop(edits.remove("n".into()));
    assert_eq!(replayed(&edits, &live(&[("n", 5)])), []);
}

/// C2
#[test]
fn an_update_runs_again_only_if_the_value_differs() {
    let mut edits = Edits::default();
    let runs = update(&mut edits, "n", Some(1), |n| n + 1);
    assert_eq!(
        replayed(&edits, &live(&[("n", 1), ("other", 9)])),
        pairs(&[("n", 2), ("other", 9)])
    );
    assert_eq!(runs.get(), 0);
    assert_eq!(replayed(&edits, &live(&[("n", 4)])), pairs(&[("n", 5)]));
    assert_eq!(replayed(&edits, &live(&[])), pairs(&[("n", 1)]));
    assert_eq!(runs.get(), 2);
}

/// A rewrite of all entries that was first made of `input`, with a count of how often it ran.
fn rewrite(edits: &mut Edits, input: &Live, change: impl Fn(u64) -> u64 + 'static) -> Rc<Cell<u32>> {
    let runs = Rc::new(Cell::new(0));
    let counted = Rc::clone(&runs);
    let run = move |entries: &Entries| {
        counted.set(counted.get() + 1);
        let mut changes = Changes::default();
        for (name, value) in entries.iter() {
            let value = value::encode_kept(&change(value::decode(value)?))?;
            changes.list.push((name.into(), Change::Set(value)));
        }
        Ok(changes)
    };
    let output = run(&input.entries).unwrap();
    runs.set(0);
    edits.rewrite(Rc::new(run), input.entries.clone(), output);
    runs
}

/// C2
#[test]
fn a_rewrite_runs_again_only_if_some_entry_differs() {
    let mut edits = Edits::default();
    let runs = rewrite(&mut edits, &live(&[("a", 1), ("b", 2)]), |n| n * 2);
    assert!(!edits.is_empty());
    assert_eq!(
        replayed(&edits, &live(&[("a", 1), ("b", 2)])),
        pairs(&[("a", 2), ("b", 4)])
    );
    assert_eq!(runs.get(), 0);
    assert_eq!(
        replayed(&edits, &live(&[("a", 1), ("c", 5)])),
        pairs(&[("a", 2), ("c", 10)])
    );
    assert_eq!(runs.get(), 1);
}

#[test]
fn a_rewrite_sees_the_edits_before_it_and_not_those_after_it() {
    let mut edits = Edits::default();
    drop(edits.set("a".into(), bytes(3)));
    rewrite(&mut edits, &live(&[("a", 3)]), |n| n * 2);
    update(&mut edits, "a", Some(6), |n| n + 1);
    rewrite(&mut edits, &live(&[("a", 7)]), |n| n * 10);
    drop(edits.set("b".into(), bytes(1)));
    assert_eq!(
        replayed(&edits, &live(&[("a", 9)])),
        pairs(&[("a", 70), ("b", 1)])
    );
    assert_eq!(
        replayed(&edits, &live(&[("a", 9), ("c", 1)])),
        pairs(&[("a", 70), ("b", 1), ("c", 20)])
    );
    drop(edits.clear());
    assert_eq!(replayed(&edits, &live(&[("a", 9)])), []);
}

/// S9
#[test]
fn a_rewrite_arrives_across_a_renew_also_where_single_edits_do_not() {
    let mut edits = Edits::default();
    let (seen, fresh) = (live(&[("a", 1)]), live(&[("a", 5)]));
    drop(edits.set("a".into(), bytes(2)));
    rewrite(&mut edits, &live(&[("a", 2)]), |n| n + 1);
    assert_eq!(read(&crossed(&edits, &fresh, &seen)), pairs(&[("a", 6)]));
}

#[test]
fn an_update_of_another_type_is_an_error() {
    let mut edits = Edits::default();
    update(&mut edits, "n", None, |n| n + 1);
    let mut base = live(&[]);
    base.entries.set("n", &value::encode_kept("text").unwrap());
    assert_eq!(edits.replay(&base, None).unwrap_err().kind(), ErrorKind::Type);
}

#[test]
fn ensure_puts_only_what_is_missing() {
    let mut edits = Edits::default();
    edits.ensure("n".into(), bytes(1));
    assert_eq!(replayed(&edits, &live(&[])), pairs(&[("n", 1)]));
    assert_eq!(replayed(&edits, &live(&[("n", 2)])), pairs(&[("n", 2)]));
}

/// V32, T18
#[test]
fn clear_takes_everything_that_is_there_at_the_save_and_no_flash() {
    let mut edits = Edits::default();
    drop(edits.set("before".into(), bytes(1)));
    drop(edits.clear());
    drop(edits.set("after".into(), bytes(2)));
    let mut fresh = live(&[("a", 1), ("b", 2)]);
    fresh.flashes.push(flash("signed out").stored(0));
    fresh.next_seq = 1;
    let result = edits.replay(&fresh, None).unwrap();
    assert_eq!(read(&result), pairs(&[("after", 2)]));
    assert_eq!(result.flashes.len(), 1);
}

#[test]
fn flashes_are_numbered_by_the_record_they_reach() {
    let mut edits = Edits::default();
    edits.add_flash(flash("one"));
    edits.add_flash(flash("two"));
    edits.add_flash(flash("taken again"));
    edits.retain_flashes(|flash| flash.text != "taken again");
    let mut fresh = live(&[]);
    fresh.flashes.push(flash("theirs").stored(4));
    fresh.next_seq = 5;
    let result = edits.replay(&fresh, None).unwrap();
    let order: Vec<_> = result
        .flashes
        .iter()
        .map(|flash| (flash.seq, &*flash.text))
        .collect();
    assert_eq!(order, [(4, "theirs"), (5, "one"), (6, "two")]);
    assert_eq!(result.next_seq, 7);
}

/// S9
#[test]
fn across_a_renew_only_what_was_seen_is_set_removed_or_cleared() {
    let seen = live(&[("user", 1), ("kept", 2), ("gone", 3)]);
    let fresh = live(&[("user", 9), ("kept", 2), ("new", 4)]);
    let mut edits = Edits::default();
    drop(edits.set("user".into(), bytes(666)));
    drop(edits.set("kept".into(), bytes(20)));
    drop(edits.set("gone".into(), bytes(30)));
    drop(edits.remove("new".into()));
    drop(edits.set("mine".into(), bytes(5)));
    edits.ensure("ensured".into(), bytes(6));
    let result = crossed(&edits, &fresh, &seen);
    assert_eq!(
        read(&result),
        pairs(&[("ensured", 6), ("kept", 20), ("mine", 5), ("new", 4), ("user", 9)])
    );

    let mut edits = Edits::default();
    drop(edits.clear());
    assert_eq!(
        read(&crossed(&edits, &fresh, &seen)),
        pairs(&[("new", 4), ("user", 9)])
    );
}

/// C2
#[test]
fn across_a_renew_updates_and_flashes_arrive() {
    let (seen, fresh) = (live(&[("n", 1)]), live(&[("n", 5)]));
    let mut edits = Edits::default();
    drop(edits.set("n".into(), bytes(100)));
    update(&mut edits, "n", Some(100), |n| n + 1);
    edits.add_flash(flash("hello"));
    let result = crossed(&edits, &fresh, &seen);
    assert_eq!(read(&result), pairs(&[("n", 6)]));
    assert_eq!(result.flashes.len(), 1);
}

#[test]
fn lifetime_and_principal_act_across_a_renew_only_if_unchanged() {
    let seen = live(&[]);
    let mut edits = Edits::default();
    edits.set_lifetime(Lifetime::For(5), Some(Timestamp::from_unix(5)));
    edits.set_principal(Some("mallory".into()));
    assert!(edits.beyond_entries() && !edits.is_empty());

    let result = crossed(&edits, &seen, &seen);
    assert_eq!((result.lifetime, result.deadline.unix()), (Lifetime::For(5), 5));
    assert_eq!(result.principal.as_deref(), Some("mallory"));

    let mut fresh = seen.clone();
    fresh.principal = Some("ann".into());
    fresh.deadline = Timestamp::from_unix(9);
    assert_eq!(crossed(&edits, &fresh, &seen), fresh);
    let unknown = Crossing {
        seen: &seen.entries,
        before: None,
    };
    assert_eq!(edits.replay(&seen, Some(unknown)).unwrap(), seen);
}

#[test]
fn a_later_lifetime_keeps_the_end_that_an_earlier_one_set() {
    let mut edits = Edits::default();
    edits.set_lifetime(Lifetime::For(5), Some(Timestamp::from_unix(5)));
    edits.set_lifetime(Lifetime::Browser, None);
    let result = edits.replay(&live(&[]), None).unwrap();
    assert_eq!((result.lifetime, result.deadline.unix()), (Lifetime::Browser, 5));
}

/// T14, T15
#[test]
fn edits_that_change_nothing_give_the_same_session() {
    let base = live(&[("a", 1)]);
    let mut edits = Edits::default();
    assert!(edits.is_empty());
    drop(edits.set("a".into(), bytes(1)));
    drop(edits.remove("absent".into()));
    assert!(!edits.is_empty());
    assert_eq!(edits.replay(&base, None).unwrap(), base);
}
