//! Running requests in one order, or in all of them.

use std::collections::{BTreeMap, HashSet};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use super::world::{Answer, Call, World};
use crate::backend::{Backend, BackendFuture, Create, Delete, NewRecord, Record, Replace, Touch, Version};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::id::StoreKey;

/// The backend of one request: answers from its history, then notes the next call and never answers.
#[derive(Debug)]
pub(super) struct Script {
    history: Vec<Answer>,
    state: Mutex<(usize, Option<Call>)>,
}

impl Script {
    fn answer<'a, T: 'a>(
        &'a self,
        call: Call,
        read: impl Fn(Answer) -> Option<T> + Send + 'a,
    ) -> BackendFuture<'a, T> {
        Box::pin(async move {
            let answer = {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let answer = self.history.get(state.0).cloned();
                match answer {
                    Some(_) => state.0 += 1,
                    None => state.1 = Some(call),
                }
                answer
            };
            match answer {
                Some(Answer::Failed) => Err(SessionError::unavailable("no answer in time")),
                Some(answer) => Ok(read(answer).expect("a deterministic program makes the same calls again")),
                None => std::future::pending().await,
            }
        })
    }
}

macro_rules! only {
    ($variant:ident) => {
        |answer| match answer {
            Answer::$variant(value) => Some(value),
            _ => None,
        }
    };
}

impl Backend for Script {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.answer(Call::Load(*key), only!(Load))
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.answer(Call::Create(*key, record), only!(Create))
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.answer(Call::Replace(*key, expected, record), only!(Replace))
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.answer(Call::Touch(*key, expiry), only!(Touch))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.answer(Call::Delete(*key, expected), only!(Delete))
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        self.answer(Call::KeysOf(principal.to_owned()), only!(Keys))
    }
}

/// A request: what it does with its backend, and what comes out.
pub(super) type Program<T> = Box<dyn Fn(Rc<Script>) -> Pin<Box<dyn Future<Output = T>>>>;

/// How far one request is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Progress {
    history: Vec<Answer>,
    crashed: bool,
}

enum Next<T> {
    Call(Call),
    Done(T),
}

fn advance<T>(program: &Program<T>, progress: &Progress, crashed: &T) -> Next<T>
where
    T: Clone,
{
    if progress.crashed {
        return Next::Done(crashed.clone());
    }
    let script = Rc::new(Script {
        history: progress.history.clone(),
        state: Mutex::default(),
    });
    let polled = program(Rc::clone(&script))
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    match polled {
        Poll::Ready(out) => Next::Done(out),
        Poll::Pending => {
            let call = script
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .1
                .take();
            Next::Call(call.expect("a request waits for nothing but its backend"))
        }
    }
}

/// What may go wrong, once in a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Nothing,
    /// One request stops for ever, before a call, or after one whose answer it never sees.
    Crash,
    /// One call of one request fails, whether or not it took effect.
    Failure,
}

#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) states: usize,
    pub(super) ends: usize,
    /// Each broken rule, with one order of steps that breaks it.
    pub(super) broken: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Position {
    world: World,
    requests: Vec<Progress>,
    /// Trouble has happened already.
    troubled: bool,
}

/// Visits every state that the requests can get into, and checks each end. `crashed` is what a crashed request gives.
pub(super) fn explore<T: Clone>(
    programs: &[Program<T>],
    world: &World,
    trouble: Trouble,
    crashed: &T,
    check: impl Fn(&World, &[T]) -> Vec<String>,
) -> Report {
    let mut report = Report::default();
    let mut seen = HashSet::new();
    let start = Position {
        world: world.clone(),
        requests: vec![Progress::default(); programs.len()],
        troubled: trouble == Trouble::Nothing,
    };
    let mut open: Vec<(Position, Vec<String>)> = vec![(start, Vec::new())];
    while let Some((position, trace)) = open.pop() {
        if !seen.insert(position.clone()) {
            continue;
        }
        report.states += 1;
        let mut outs = Vec::new();
        for (at, program) in programs.iter().enumerate() {
            match advance(program, &position.requests[at], crashed) {
                Next::Done(out) => outs.push(out),
                Next::Call(call) => step(&position, at, &call, trouble, &trace, &mut open),
            }
        }
        if outs.len() == programs.len() {
            report.ends += 1;
            for broken in check(&position.world, &outs) {
                report.broken.entry(broken).or_insert_with(|| trace.clone());
            }
        }
    }
    report
}

/// Adds what can follow when request `at` makes its call.
fn step(
    position: &Position,
    at: usize,
    call: &Call,
    trouble: Trouble,
    trace: &[String],
    open: &mut Vec<(Position, Vec<String>)>,
) {
    let mut add = |effect: bool, answer: Option<Answer>| {
        let mut next = position.clone();
        let outcome = if effect {
            Some(next.world.step(call.clone()))
        } else {
            None
        };
        let request = &mut next.requests[at];
        let mut line = format!("R{} {call:?} -> {outcome:?}", at + 1);
        match (answer, outcome) {
            (Some(Answer::Failed), _) => {
                line.push_str(" but it got an error");
                request.history.push(Answer::Failed);
                next.troubled = true;
            }
            (Some(_), Some(outcome)) => request.history.push(outcome),
            _ => {
                line.push_str(" and it crashed");
                request.crashed = true;
                next.troubled = true;
            }
        }
        let mut trace = trace.to_vec();
        trace.push(line);
        open.push((next, trace));
    };
    add(true, Some(Answer::Keys(Vec::new())));
    if position.troubled {
        return;
    }
    let writes = matches!(
        call,
        Call::Create(..) | Call::Replace(..) | Call::Delete(..) | Call::Touch(..)
    );
    let answer = (trouble == Trouble::Failure).then_some(Answer::Failed);
    add(false, answer.clone());
    if writes {
        add(true, answer);
    }
}

/// Runs requests in one given order; what is left after it, in turns. Each step names its request, counted from one, and
/// the call it must be.
pub(super) fn in_order<T: Clone>(
    programs: &[Program<T>],
    world: &mut World,
    order: &[(usize, &str)],
    crashed: &T,
) -> Vec<T> {
    let mut requests = vec![Progress::default(); programs.len()];
    for (request, wanted) in order {
        let at = request - 1;
        match advance(&programs[at], &requests[at], crashed) {
            Next::Done(_) => panic!("R{request} has ended before its `{wanted}`"),
            Next::Call(call) => {
                let name = format!("{call:?}").to_lowercase();
                assert!(name.starts_with(wanted), "R{request} calls {name}, not {wanted}");
                requests[at].history.push(world.step(call));
            }
        }
    }
    in_turns(programs, world, requests, crashed, |turn| turn, |_, _, _| {})
}

/// Runs requests in an order that `pick` chooses call by call, and shows each call with its answer to `watch`.
pub(super) fn by_choice<T: Clone>(
    programs: &[Program<T>],
    world: &mut World,
    crashed: &T,
    pick: impl FnMut(usize) -> usize,
    watch: impl FnMut(usize, &Call, &Answer),
) -> Vec<T> {
    let requests = vec![Progress::default(); programs.len()];
    in_turns(programs, world, requests, crashed, pick, watch)
}

/// Lets every request make one call per round, in an order that `pick` chooses, until all are done.
pub(super) fn round_robin<T: Clone>(
    programs: &[Program<T>],
    world: &mut World,
    crashed: &T,
    seed: u64,
) -> Vec<T> {
    let requests = vec![Progress::default(); programs.len()];
    let mut state = seed;
    let in_rounds = |turn| {
        if seed == 0 {
            return turn;
        }
        // A small linear congruential generator: the same seed gives the same order.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(turn)
    };
    in_turns(programs, world, requests, crashed, in_rounds, |_, _, _| {})
}

fn in_turns<T: Clone>(
    programs: &[Program<T>],
    world: &mut World,
    mut requests: Vec<Progress>,
    crashed: &T,
    mut pick: impl FnMut(usize) -> usize,
    mut watch: impl FnMut(usize, &Call, &Answer),
) -> Vec<T> {
    let mut outs: Vec<Option<T>> = vec![None; programs.len()];
    let mut turn = 0;
    while outs.iter().any(Option::is_none) {
        let waiting: Vec<usize> = (0..outs.len()).filter(|at| outs[*at].is_none()).collect();
        let at = waiting[pick(turn) % waiting.len()];
        turn += 1;
        match advance(&programs[at], &requests[at], crashed) {
            Next::Done(out) => outs[at] = Some(out),
            Next::Call(call) => {
                let answer = world.step(call.clone());
                watch(at, &call, &answer);
                requests[at].history.push(answer);
            }
        }
    }
    outs.into_iter().flatten().collect()
}
