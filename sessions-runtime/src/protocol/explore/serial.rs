//! Random requests in random orders, beside a session that is a plain map and serves one request at a time. What breaks
//! is shrunk to the fewest requests and edits that still break.
//!
//! The plain map takes each request's changes at one moment: when the store accepted the write that carries them. So what
//! these tests show is that every order of overlapping requests is as good as some order of requests one by one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::engine::by_choice;
use super::requests::{Act, Edit, OLD, Out, Request, Status, crashed, programs, request, world};
use super::rules::{number, opened};
use super::world::{Answer, Call, World};
use crate::backend::{Delete, Replace};
use crate::id::StoreKey;
use crate::record::{self, Contents, Live};

type Entries = BTreeMap<String, u64>;

/// The session as a plain map.
struct Plain {
    key: StoreKey,
    ended: bool,
    entries: Entries,
    flashes: Vec<String>,
    /// What each request found when it came.
    seen: Vec<Option<Entries>>,
    shown: Vec<Vec<String>>,
}

impl Plain {
    fn new(start: &World, requests: usize) -> Self {
        let live = opened(start, OLD).expect("a world has a session");
        Self {
            key: OLD,
            ended: false,
            entries: entries(&live),
            flashes: texts(&live),
            seen: vec![None; requests],
            shown: vec![Vec::new(); requests],
        }
    }

    /// What a step of the store means for the map; an error where the store holds something else afterwards.
    fn follow(&mut self, at: usize, request: &Request, call: &Call, answer: &Answer) -> Result<(), String> {
        match (call, answer) {
            (Call::Load(OLD), Answer::Load(Some(_))) if self.key == OLD && self.seen[at].is_none() => {
                self.seen[at] = Some(self.entries.clone());
            }
            (Call::Delete(key, _), Answer::Delete(Delete::Deleted)) if *key == self.key => self.ended = true,
            (Call::Replace(key, _, record), Answer::Replace(Replace::Replaced(_))) => {
                match record::decode(&record.data).map_err(|err| err.to_string())? {
                    Contents::Moved { to, .. } => {
                        self.edit(at, request);
                        self.key = to;
                    }
                    // Still being prepared: nobody has this id yet.
                    Contents::Live(_) if *key != self.key => {}
                    Contents::Live(live) => {
                        if live.flashes.len() < self.flashes.len() {
                            if self.key != OLD {
                                return Err("an old id took the messages of a renewed session".into());
                            }
                            self.shown[at] = std::mem::take(&mut self.flashes);
                        } else {
                            self.edit(at, request);
                        }
                        self.compare(&live)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Applies the edits of a request; over somebody's renew only to what is as the request found it.
    fn edit(&mut self, at: usize, request: &Request) {
        let seen = self.seen[at].clone().unwrap_or_default();
        let fresh = self.entries.clone();
        let acts = |name: &str| self.key == OLD || seen.get(name) == fresh.get(name);
        for (position, edit) in request.edits.iter().enumerate() {
            let later = &request.edits[position + 1..];
            match *edit {
                // A request that sets an entry has voided what it did to it before.
                Edit::Increment(name) if later.iter().any(|later| voids(later, name)) => {}
                Edit::Set(name, value) if acts(name) => drop(self.entries.insert(name.to_owned(), value)),
                Edit::Next(name) if acts(name) => {
                    let next = seen.get(name).unwrap_or(&0) + 1;
                    self.entries.insert(name.to_owned(), next);
                }
                Edit::Remove(name) if acts(name) => drop(self.entries.remove(name)),
                Edit::Clear => self.entries.retain(|name, _| !acts(name)),
                Edit::Increment(name) => *self.entries.entry(name.to_owned()).or_insert(0) += 1,
                Edit::Flash(text) => self.flashes.push(text.to_owned()),
                Edit::Set(..) | Edit::Next(_) | Edit::Remove(_) => {}
            }
        }
    }

    fn compare(&self, live: &Live) -> Result<(), String> {
        if entries(live) == self.entries && texts(live) == self.flashes {
            return Ok(());
        }
        Err(format!(
            "the store has {:?} and {:?}, the plain map {:?} and {:?}",
            entries(live),
            texts(live),
            self.entries,
            self.flashes
        ))
    }

    /// What must be left, and what the clients were told.
    fn end(&self, left: &World, outs: &[Out]) -> Result<(), String> {
        match opened(left, self.key) {
            Some(_) if self.ended => return Err("the session was ended and opens all the same".into()),
            None if !self.ended => return Err("the session is gone, and nobody ended it".into()),
            Some(live) => self.compare(&live)?,
            None => {}
        }
        for (at, out) in outs.iter().enumerate() {
            if out.status == Status::Crashed {
                return Err(format!("R{} got an error", at + 1));
            }
            // A page is shown even where its session has ended meanwhile; then it shows no more than what it took.
            if out.shown != self.shown[at] && !(self.ended && out.shown.is_empty()) {
                return Err(format!(
                    "R{} shows {:?}, not {:?}",
                    at + 1,
                    out.shown,
                    self.shown[at]
                ));
            }
            if out.cookie.is_some_and(|cookie| cookie != self.key && !self.ended) {
                return Err(format!("R{} got an id that is not the session's", at + 1));
            }
        }
        Ok(())
    }
}

/// Whether this edit leaves nothing of an earlier one of the same entry.
fn voids(edit: &Edit, entry: &str) -> bool {
    match *edit {
        Edit::Set(name, _) | Edit::Next(name) | Edit::Remove(name) => name == entry,
        Edit::Clear => true,
        Edit::Increment(_) | Edit::Flash(_) => false,
    }
}

fn entries(live: &Live) -> Entries {
    let names = live.entries.iter().map(|(name, _)| name.to_string());
    names
        .filter_map(|name| number(live, &name).map(|value| (name, value)))
        .collect()
}

fn texts(live: &Live) -> Vec<String> {
    live.flashes.iter().map(|flash| flash.text.to_string()).collect()
}

fn edit() -> impl Strategy<Value = Edit> {
    let name = || select(vec!["a", "b", "base"]);
    prop_oneof![
        4 => (name(), 1..4_u64).prop_map(|(name, value)| Edit::Set(name, value)),
        2 => name().prop_map(Edit::Remove),
        3 => name().prop_map(Edit::Increment),
        2 => name().prop_map(Edit::Next),
        1 => Just(Edit::Clear),
        2 => select(vec!["one", "two"]).prop_map(Edit::Flash),
    ]
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let act = prop_oneof![
        6 => Just(Act::Save),
        2 => Just(Act::Renew),
        1 => Just(Act::Destroy),
        1 => Just(Act::Touch),
    ];
    let one = (act, prop::collection::vec(edit(), 0..4), any::<bool>()).prop_map(|(act, edits, take)| {
        // What a request does besides is dropped by these two.
        let edits = if matches!(act, Act::Destroy | Act::Touch) {
            Vec::new()
        } else {
            edits
        };
        Request {
            take,
            ..request(act, &edits)
        }
    });
    prop::collection::vec(one, 2..5)
}

fn one_by_one(requests: &[Request], order: &[u8]) -> Result<(), String> {
    let mut store = world(&["first"]);
    let mut plain = Plain::new(&store, requests.len());
    let mut diverged = None;
    let outs = by_choice(
        &programs(requests),
        &mut store,
        &crashed(),
        |turn| usize::from(order.get(turn).copied().unwrap_or(0)),
        |at, call, answer| {
            if diverged.is_none() {
                diverged = plain.follow(at, &requests[at], call, answer).err();
            }
        },
    );
    diverged.map_or_else(|| plain.end(&store, &outs), Err)
}

/// C1, C2, C5, C8
/// Five hundred sets of requests, each in an order of its own; ten thousand with `SESSIONS_DEEP=1`.
#[test]
fn every_order_of_requests_is_as_good_as_one_by_one() {
    let cases = if std::env::var_os("SESSIONS_DEEP").is_some() {
        10_000
    } else {
        500
    };
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(
        &(requests(), prop::collection::vec(any::<u8>(), 0..60)),
        |(requests, order)| one_by_one(&requests, &order).map_err(TestCaseError::fail),
    );
    if let Err(err) = outcome {
        panic!("{err}");
    }
}

/// The comparison can fail: the map must take the requests in the order of the store.
#[test]
fn a_map_that_took_other_requests_in_another_order_diverges() {
    let requests = [
        request(Act::Save, &[Edit::Set("a", 1)]),
        request(Act::Save, &[Edit::Set("a", 2)]),
    ];
    let store = world(&[]);
    let mut plain = Plain::new(&store, 2);
    plain.edit(1, &requests[1]);
    plain.edit(0, &requests[0]);
    let mut left = store.clone();
    by_choice(
        &programs(&requests),
        &mut left,
        &crashed(),
        |turn| turn,
        |_, _, _| {},
    );
    let live = opened(&left, OLD).expect("nobody ended it");
    assert!(plain.compare(&live).is_err());
}
