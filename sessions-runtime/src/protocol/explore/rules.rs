//! What holds whatever the order.

use std::collections::BTreeSet;

use super::requests::{OLD, Out, Status};
use super::world::World;
use crate::id::StoreKey;
use crate::record::{self, Contents, Live};
use crate::value;

/// What must be true of a scenario at each of its ends. Requests are counted from zero.
#[derive(Clone, Default)]
pub(super) struct Rules {
    /// An entry that a request wrote and that must be there if it was told so.
    pub(super) writes: Vec<(usize, &'static str, u64)>,
    pub(super) renewers: Vec<usize>,
    pub(super) destroyers: Vec<usize>,
    /// Messages, and who added them.
    pub(super) flashes: Vec<(&'static str, Option<usize>)>,
    /// An entry that each of these requests counted up.
    pub(super) counter: Option<(&'static str, Vec<usize>)>,
    /// An entry that nobody from before the renew may overwrite.
    pub(super) privileged: Option<(&'static str, u64)>,
}

impl Rules {
    /// Every broken rule.
    pub(super) fn check(&self, world: &World, outs: &[Out]) -> Vec<String> {
        let mut broken = Vec::new();
        let crashed = outs.iter().any(|out| out.status == Status::Crashed);
        let ids: BTreeSet<StoreKey> = [OLD]
            .into_iter()
            .chain(outs.iter().filter_map(|out| out.cookie))
            .collect();
        let open: Vec<StoreKey> = ids
            .iter()
            .copied()
            .filter(|id| opened(world, *id).is_some())
            .collect();
        let live: Vec<Live> = world
            .records
            .keys()
            .filter_map(|key| opened(world, *key))
            .collect();
        let reachable = reachable(world, &ids);
        let destroyed = self
            .destroyers
            .iter()
            .any(|at| outs[*at].status == Status::Destroyed);
        let renewed = self.renewers.iter().any(|at| outs[*at].status == Status::Renewed);
        if destroyed {
            if !open.is_empty() {
                broken.push("resurrected: an id opens a destroyed session".into());
            }
            if !crashed && !live.is_empty() {
                broken.push("a record of a destroyed session is alive".into());
            }
        } else {
            let tried = self
                .destroyers
                .iter()
                .any(|at| outs[*at].status == Status::Crashed);
            if !tried && (live.is_empty() || reachable.is_empty()) {
                broken.push("no record is left".into());
            }
            if !crashed && live.len() != 1 {
                broken.push(format!("{} living records", live.len()));
            }
            if !crashed && renewed && (open.is_empty() || opened(world, OLD).is_some()) {
                broken.push("after a renew not exactly the new id works".into());
            }
            self.check_contents(outs, &live, &reachable, crashed, renewed, &mut broken);
        }
        for (at, out) in outs.iter().enumerate() {
            if out.cookie.is_some() && out.status != Status::Renewed {
                broken.push(format!("R{} got an id without winning a renew", at + 1));
            }
        }
        broken
    }

    fn check_contents(
        &self,
        outs: &[Out],
        live: &[Live],
        reachable: &[Live],
        crashed: bool,
        renewed: bool,
        broken: &mut Vec<String>,
    ) {
        for (at, name, value) in &self.writes {
            // Nobody has destroyed anything here, so "ended" without a crash is a loss as well.
            let told = outs[*at].wrote() || (outs[*at].status == Status::Ended && !crashed);
            if told && !reachable.iter().any(|live| number(live, name) == Some(*value)) {
                broken.push(format!(
                    "lost entry {name} of R{} ({:?})",
                    at + 1,
                    outs[*at].status
                ));
            }
        }
        if let Some((name, counters)) = &self.counter {
            let wanted = counters.iter().filter(|at| outs[**at].wrote()).count() as u64;
            if !crashed
                && !reachable
                    .iter()
                    .any(|live| number(live, name).unwrap_or(0) == wanted)
            {
                broken.push(format!("lost update: {name} should be {wanted}"));
            }
        }
        if let Some((name, value)) = self.privileged
            && renewed
            && !live.iter().any(|live| number(live, name) == Some(value))
        {
            broken.push(format!(
                "{name} was overwritten by a request from before the renew"
            ));
        }
        for (text, adder) in &self.flashes {
            if adder.is_some_and(|at| !outs[at].wrote()) {
                continue;
            }
            let shown = outs
                .iter()
                .flat_map(|out| &out.shown)
                .filter(|shown| *shown == text)
                .count();
            let queued: usize = reachable
                .iter()
                .map(|live| live.flashes.iter().filter(|flash| flash.text == *text).count())
                .sum();
            if shown > 1 || queued > 1 {
                broken.push(format!("flash {text} is there twice"));
            }
            if shown + queued == 0 && !crashed {
                broken.push(format!("lost flash {text}"));
            }
            if shown > 0 && queued > 0 {
                broken.push(format!("flash {text} was shown and still waits"));
            }
        }
    }
}

/// Living sessions that some client's id leads to, also over `moved`: what an in-flight request could still reach.
fn reachable(world: &World, ids: &BTreeSet<StoreKey>) -> Vec<Live> {
    let (mut found, mut done) = (Vec::new(), BTreeSet::new());
    let mut next: Vec<StoreKey> = ids.iter().copied().collect();
    while let Some(key) = next.pop() {
        if !done.insert(key) {
            continue;
        }
        match contents(world, key) {
            Some(Contents::Live(live)) => found.push(live),
            Some(Contents::Moved { to, .. }) => next.push(to),
            None => {}
        }
    }
    found
}

fn contents(world: &World, key: StoreKey) -> Option<Contents> {
    Some(record::decode(&world.records.get(&key)?.data).unwrap())
}

/// The living session that an id opens at grace 0.
pub(super) fn opened(world: &World, key: StoreKey) -> Option<Live> {
    match contents(world, key)? {
        Contents::Live(live) => Some(live),
        Contents::Moved { .. } => None,
    }
}

pub(super) fn number(live: &Live, name: &str) -> Option<u64> {
    live.entries.get(name).map(|bytes| value::decode(bytes).unwrap())
}
