//! What a request tells the handles of its session, and what these have seen of it since.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::record::Live;
use crate::session::{Session, State, Stored};

/// The session as the holder of a handle knows it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) key: StoreKey,
    /// What a function sees that crosses somebody's renew.
    pub(crate) live: Live,
    /// The session was renewed by somebody else, and belongs to them: what they wrote is not shown.
    pub(crate) crossed: bool,
}

/// Why there is no session behind a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Signed out, expired, or evicted.
    Ended,
    /// The request never saved it.
    Unsaved,
    /// The request waits for whoever asks, so its end would never come.
    Inside,
}

impl Missing {
    pub(super) fn error(self, name: &str) -> SessionError {
        match self {
            Self::Ended => SessionError::new(
                ErrorKind::Gone,
                format!(
                    "session `{name}` has ended, by a sign-out or by its age; its handle leads nowhere any more"
                ),
            ),
            Self::Unsaved => SessionError::new(
                ErrorKind::Gone,
                format!(
                    "session `{name}` was never saved, so its handle leads nowhere: put something into it in the \
                     handler, and answer below 500"
                ),
            ),
            Self::Inside => SessionError::new(
                ErrorKind::Deadlock,
                format!(
                    "the handle of session `{name}` waits for its request to save, and the request waits for it: \
                     `session.save().await?` before, or move the handle into a task or the response's body"
                ),
            ),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// The request has neither saved the session nor ended.
    Nothing,
    Seen(Box<Seen>),
    Missing(Missing),
}

/// Shared by a session of a request and its handles, which outlive it, on any thread.
#[derive(Debug)]
pub(crate) struct Link {
    news: watch::Sender<News>,
    /// The request in which it was made, by its [`inside`].
    request: usize,
}

#[derive(Debug)]
struct News {
    told: Told,
    /// The key that the request told last. It tells the same one again at its end, and handles may know more by then.
    key: Option<StoreKey>,
}

thread_local! {
    /// The request whose handler this thread polls at the moment; zero is none.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// Runs what a request has to wait for: a handle of its own session that is awaited in there would wait for ever.
pub(crate) async fn inside<F: Future>(request: usize, mut future: Pin<&mut F>) -> F::Output {
    struct Leave(usize);
    impl Drop for Leave {
        fn drop(&mut self) {
            INSIDE.set(self.0);
        }
    }
    poll_fn(|context| {
        let _leave = Leave(INSIDE.replace(request));
        future.as_mut().poll(context)
    })
    .await
}

impl Link {
    pub(in crate::session) fn new() -> Self {
        Self {
            news: watch::Sender::new(News {
                told: Told::Nothing,
                key: None,
            }),
            request: INSIDE.get(),
        }
    }

    /// The request's side: what became of the session in it.
    pub(crate) fn tell(&self, told: Told) {
        self.news.send_if_modified(|news| {
            let key = match &told {
                Told::Seen(seen) => Some(seen.key),
                Told::Nothing | Told::Missing(_) => None,
            };
            if key.is_some() && key == news.key {
                return false;
            }
            *news = News { told, key };
            true
        });
    }

    /// The session, as soon as the request has saved it.
    pub(in crate::session) async fn seen(&self) -> Result<Seen, Missing> {
        let mut news = self.news.subscribe();
        let waits = matches!(news.borrow_and_update().told, Told::Nothing);
        if waits && self.request != 0 && self.request == INSIDE.get() {
            return Err(Missing::Inside);
        }
        let news = news.wait_for(|news| !matches!(news.told, Told::Nothing)).await;
        match news.as_ref().map(|news| &news.told) {
            Ok(Told::Seen(seen)) => Ok(Seen::clone(seen)),
            Ok(Told::Missing(why)) => Err(*why),
            // The sender is in this link, so the channel is open.
            Ok(Told::Nothing) | Err(_) => Err(Missing::Unsaved),
        }
    }

    /// A handle's side: what it found where it had known `key`. Nothing, if the request has moved on meanwhile.
    pub(super) fn found(&self, key: StoreKey, told: Told) {
        self.news.send_if_modified(|news| {
            let same = matches!(&news.told, Told::Seen(seen) if seen.key == key);
            if same {
                news.told = told;
            }
            same
        });
    }
}

impl Session {
    /// Tells the handles what became of the session in its request, which is over.
    pub(crate) fn tell_handles(&self) {
        let news = self.inner.state.borrow().news();
        if let Some((link, told)) = news {
            // They wake up by it, so that is not done under the borrow.
            link.tell(told);
        }
    }

    /// Tells the handles what was saved ahead of the response, also those that are still to come: they need not wait.
    pub(in crate::session) fn saved_ahead(&self) {
        if let Stored::Server(kept) = &mut self.inner.state.borrow_mut().stored {
            kept.link.get_or_insert_with(|| Arc::new(Link::new()));
        }
        self.tell_handles();
    }
}

impl State {
    /// The link to the session's handles, and what they are to be told.
    fn news(&self) -> Option<(Arc<Link>, Told)> {
        let Stored::Server(kept) = &self.stored else {
            return None;
        };
        let link = kept.link.clone()?;
        let told = match &kept.held {
            _ if kept.gone => Told::Missing(Missing::Ended),
            None => Told::Missing(Missing::Unsaved),
            Some(held) => {
                let mut live = Live::clone(&held.live);
                live.entries.clone_from(&kept.seen);
                Told::Seen(Box::new(Seen {
                    key: held.key,
                    live,
                    crossed: kept.crossed,
                }))
            }
        };
        Some((link, told))
    }
}
