//! Requests for the explorer: each loads a session, works on it and ends it in one way.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;

use super::engine::{Program, Script};
use super::world::World;
use crate::backend::Backend;
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::protocol::held::follow;
use crate::protocol::{
    Changed, Edits, Held, Loaded, NewFlash, Renewed, Saved, Terms, change, claim, commit, destroy, load,
    prepare, put_back, save, touch,
};
use crate::record::{Lifetime, Live, StoredFlash};
use crate::value;

/// The key that every request arrives with.
pub(super) const OLD: StoreKey = StoreKey::from_bytes([0; 32]);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Unknown,
    Saved,
    Merged,
    Ended,
    Renewed,
    Destroyed,
    Touched,
    /// The response was a 5xx: flash messages were put back, nothing else was saved.
    Failed,
    Conflict,
    /// Stopped, or got an error from its backend.
    Crashed,
}

/// What one request tells its client.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub(super) status: Status,
    /// The key of the id in the response's cookie.
    pub(super) cookie: Option<StoreKey>,
    /// The texts of the flash messages on the page.
    pub(super) shown: Vec<String>,
}

impl Out {
    fn new(status: Status) -> Self {
        Self {
            status,
            cookie: None,
            shown: Vec::new(),
        }
    }

    pub(super) fn wrote(&self) -> bool {
        matches!(self.status, Status::Saved | Status::Renewed | Status::Merged)
    }
}

pub(super) fn crashed() -> Out {
    Out::new(Status::Crashed)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Save,
    Renew,
    Destroy,
    Touch,
    /// Ends every session of the principal `ann`.
    Revoke,
    /// Makes its edits one after the other, each a change of its own, by a handle that a request left before all of this.
    Handle,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) act: Act,
    pub(super) edits: Vec<Edit>,
    /// Takes all flash messages first.
    pub(super) take: bool,
    /// Answers 5xx in the end.
    pub(super) fail: bool,
    pub(super) reject: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    Set(&'static str, u64),
    Remove(&'static str),
    Clear,
    /// By `update`, which runs again.
    Increment(&'static str),
    /// By a plain insert of one more than the handler saw.
    Next(&'static str),
    Flash(&'static str),
}

pub(super) fn request(act: Act, edits: &[Edit]) -> Request {
    Request {
        act,
        edits: edits.to_vec(),
        take: false,
        fail: false,
        reject: false,
    }
}

pub(super) fn reader() -> Request {
    Request {
        take: true,
        ..request(Act::Save, &[])
    }
}

/// What a request sends with its new id, if it renews.
pub(super) fn new_key(at: usize) -> StoreKey {
    StoreKey::from_bytes([u8::try_from(at).unwrap() + 1; 32])
}

pub(super) fn programs(requests: &[Request]) -> Vec<Program<Out>> {
    let one = |(at, request): (usize, &Request)| -> Program<Out> {
        let request = request.clone();
        Box::new(move |backend: Rc<Script>| {
            let request = request.clone();
            Box::pin(async move { serve(&request, new_key(at), &*backend).await })
        })
    };
    requests.iter().enumerate().map(one).collect()
}

async fn serve(request: &Request, new_key: StoreKey, backend: &dyn Backend) -> Out {
    let terms = Terms {
        now: Timestamp::from_unix(500),
        idle: Some(Duration::from_secs(10_000)),
        max_record: 65_536,
        reject: request.reject,
    };
    let mut claimed = (None, Vec::new());
    match answer(request, new_key, backend, &terms, &mut claimed).await {
        Ok(out) => out,
        Err(err) => {
            if let (Some(held), messages) = claimed {
                // The first error is the one that is answered; messages that cannot be given back are lost.
                drop(put_back(backend, held, messages, &terms).await);
            }
            let conflict = err.kind() == ErrorKind::Conflict;
            Out::new(if conflict {
                Status::Conflict
            } else {
                Status::Crashed
            })
        }
    }
}

async fn answer(
    request: &Request,
    new_key: StoreKey,
    backend: &dyn Backend,
    terms: &Terms,
    claimed: &mut (Option<Held>, Vec<StoredFlash>),
) -> Result<Out, SessionError> {
    if request.act == Act::Revoke {
        for key in backend.keys_of("ann").await? {
            if let Some(held) = follow(backend, key, terms.now).await? {
                destroy(backend, held, terms.now).await?;
            }
        }
        return Ok(Out::new(Status::Destroyed));
    }
    if request.act == Act::Handle {
        return by_handle(request, backend, terms).await;
    }
    let mut held = match load(backend, OLD, terms.now).await? {
        Loaded::Live(held) => held,
        Loaded::Unknown | Loaded::Ended | Loaded::Expired => return Ok(Out::new(Status::Unknown)),
    };
    let seen = held.live.entries.clone();
    let edits = edits_of(&request.edits, &held.live);
    if request.take {
        let taken = claim(backend, held, |_| true, terms).await?;
        let Some(fresh) = taken.held else {
            return Ok(Out::new(Status::Ended));
        };
        *claimed = (Some(fresh.clone()), taken.messages);
        held = fresh;
    }
    if request.fail {
        put_back(backend, held, std::mem::take(&mut claimed.1), terms).await?;
        return Ok(Out::new(Status::Failed));
    }
    let (status, cookie) = match request.act {
        Act::Save => match save(backend, held, &edits, &seen, false, terms).await? {
            Saved::Unchanged(_) | Saved::Saved(_) | Saved::Crossed { .. } => (Status::Saved, None),
            Saved::Ended => (Status::Ended, None),
        },
        Act::Renew => {
            let prepared = prepare(backend, new_key, held, &edits, &seen, terms).await?;
            match commit(backend, prepared, terms).await? {
                Renewed::Won(held) => (Status::Renewed, Some(held.key)),
                Renewed::Merged { .. } => (Status::Merged, None),
                Renewed::Ended => (Status::Ended, None),
            }
        }
        Act::Destroy => {
            destroy(backend, held, terms.now).await?;
            (Status::Destroyed, None)
        }
        Act::Touch => {
            touch(backend, &held, terms).await?;
            (Status::Touched, None)
        }
        Act::Revoke | Act::Handle => unreachable!("answered above"),
    };
    let shown = claimed.1.iter().map(|flash| flash.text.to_string()).collect();
    Ok(Out {
        status,
        cookie,
        shown,
    })
}

async fn by_handle(request: &Request, backend: &dyn Backend, terms: &Terms) -> Result<Out, SessionError> {
    let (mut key, mut seen, mut crossed) = (OLD, start(&[]), false);
    for edit in &request.edits {
        let Some(mut held) = follow(backend, key, terms.now).await? else {
            return Ok(Out::new(Status::Ended));
        };
        held.crossed |= crossed;
        let one = |_: &Held, seen: &Live| Ok(edits_of(std::slice::from_ref(edit), seen));
        match change(backend, held, seen, terms, one).await? {
            Changed::Unchanged(held, live) | Changed::Saved(held, live) => {
                (key, seen, crossed) = (held.key, live, held.crossed);
            }
            Changed::Ended => return Ok(Out::new(Status::Ended)),
        }
    }
    Ok(Out::new(Status::Saved))
}

fn edits_of(list: &[Edit], live: &Live) -> Edits {
    let mut edits = Edits::default();
    for edit in list {
        match *edit {
            Edit::Set(name, value) => drop(edits.set(name.into(), value::encode_kept(&value).unwrap())),
            Edit::Remove(name) => drop(edits.remove(name.into())),
            Edit::Clear => drop(edits.clear()),
            Edit::Increment(name) => {
                let run = |present: Option<&[u8]>| {
                    value::encode_kept(&(present.map(value::decode::<u64>).transpose()?.unwrap_or(0) + 1))
                };
                let input = live.entries.shared(name);
                let output = run(input.as_deref()).unwrap();
                edits.apply(name.into(), Rc::new(run), input, output);
            }
            Edit::Next(name) => {
                let seen: u64 = live
                    .entries
                    .get(name)
                    .map_or(0, |bytes| value::decode(bytes).unwrap());
                drop(edits.set(name.into(), value::encode_kept(&(seen + 1)).unwrap()));
            }
            Edit::Flash(text) => edits.add_flash(NewFlash {
                queue: "flash".into(),
                level: "info".into(),
                text: text.into(),
                value: Bytes::new(),
            }),
        }
    }
    edits
}

/// A world with one session that has these flash messages, and the entry `base`.
pub(super) fn world(flashes: &[&'static str]) -> World {
    let live = start(flashes);
    let terms = Terms {
        now: Timestamp::from_unix(400),
        idle: Some(Duration::from_secs(600)),
        max_record: 65_536,
        reject: false,
    };
    let mut world = World::default();
    world.put(OLD, terms.record(&live).unwrap());
    world
}

fn start(flashes: &[&'static str]) -> Live {
    let mut live = Live {
        created: Timestamp::from_unix(0),
        deadline: Timestamp::from_unix(20_000),
        lifetime: Lifetime::Configured,
        principal: Some("ann".into()),
        ..Live::blank()
    };
    live.entries.set("base", &value::encode_kept(&0_u64).unwrap());
    for (seq, text) in (0..).zip(flashes) {
        let queue = "flash".into();
        live.flashes.push(StoredFlash {
            seq,
            queue,
            level: "info".into(),
            text: (*text).into(),
            value: Bytes::new(),
        });
        live.next_seq = seq + 1;
    }
    live
}
