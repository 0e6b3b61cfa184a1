//! Flash messages of a session: adding, taking, peeking.

use std::mem;

use serde::de::DeserializeOwned;

use super::{Phase, Session, State, Stored};
use crate::config::Place;
use crate::error::{ErrorKind, SessionError};
use crate::flash::{self, Flash, FlashMessage, IntoFlash};
use crate::protocol::{self, Claimed};
use crate::record::StoredFlash;

impl Session {
    /// Adds a message for the next page: a text, `(Level, text)`, or a [`Flash`] type. Kept in order, outside of the
    /// entries, until taken.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] where too many messages wait already (64), or this one is too long (4,096 bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// use sessions_runtime::Level;
    ///
    /// session.add_flash("Added to your cart")?;
    /// session.add_flash((Level::Error, "Sold out"))?;
    /// assert_eq!(session.peek_flashes()?.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn add_flash(&self, message: impl IntoFlash) -> Result<(), SessionError> {
        self.push_flash(None, message)
    }

    /// Adds a message to a queue of its own, for a part of the page that takes only that.
    ///
    /// # Errors
    ///
    /// As [`add_flash`](Self::add_flash); [`ErrorKind::InvalidName`] for an empty queue name or one over 256 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.add_flash_to("sidebar", "Two new messages")?;
    /// assert!(session.take_flashes_from("other").await?.is_empty());
    /// assert_eq!(session.take_flashes_from("sidebar").await?[0].text(), "Two new messages");
    /// # Ok(()) });
    /// ```
    pub fn add_flash_to(&self, queue: &str, message: impl IntoFlash) -> Result<(), SessionError> {
        super::check_name(queue)?;
        self.push_flash(Some(queue), message)
    }

    fn push_flash(&self, queue: Option<&str>, message: impl IntoFlash) -> Result<(), SessionError> {
        let limits = self.inner.sessions.registry().limits;
        let parts = message.into_flash()?;
        if parts.size() > limits.flash {
            return Err(SessionError::new(
                ErrorKind::TooLarge,
                format!(
                    "a flash message has {} bytes, and {} are allowed",
                    parts.size(),
                    limits.flash
                ),
            ));
        }
        let message = parts.into_new(queue);
        self.write(|state| {
            if state.live.flashes.len() >= limits.flashes {
                return Err(SessionError::new(
                    ErrorKind::TooLarge,
                    format!(
                        "{} flash messages wait already; take them before adding more",
                        limits.flashes
                    ),
                ));
            }
            let seq = state.live.next_seq;
            state.live.next_seq = seq.saturating_add(1);
            if let Stored::Server(kept) = &mut state.stored {
                kept.edits.add_flash(message.clone());
            }
            state.live.flashes.push(message.stored(seq));
            Ok(())
        })?
    }

    /// Takes all messages of every queue, in the order they were added: what a page layout shows. Tipfy and webapp2
    /// call this `get_flashes`.
    ///
    /// On a server backend the messages are claimed at once, so that exactly one of two overlapping pages gets them; a
    /// response of 500 or above puts them back. On `HEAD` nothing is consumed.
    ///
    /// # Errors
    ///
    /// A failing backend.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.add_flash("Saved")?;
    /// for message in session.take_flashes().await? {
    ///     println!("{}: {message}", message.level());
    /// }
    /// assert!(session.take_flashes().await?.is_empty());
    /// # Ok(()) });
    /// ```
    pub async fn take_flashes(&self) -> Result<Vec<FlashMessage>, SessionError> {
        self.take_selected(|_| true).await.map(|taken| shown(&taken))
    }

    /// Takes the messages of one queue.
    ///
    /// # Errors
    ///
    /// A failing backend.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.add_flash_to("sidebar", "Two new messages")?;
    /// session.add_flash("Saved")?;
    /// assert_eq!(session.take_flashes_from("sidebar").await?.len(), 1);
    /// assert_eq!(session.take_flashes().await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub async fn take_flashes_from(&self, queue: &str) -> Result<Vec<FlashMessage>, SessionError> {
        self.take_selected(|message| *message.queue == *queue)
            .await
            .map(|taken| shown(&taken))
    }

    /// Takes the messages of a type. One that no longer decodes is dropped with a line in the log.
    ///
    /// # Errors
    ///
    /// A failing backend.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::Flash;
    /// #[derive(Serialize, Deserialize)]
    /// struct Progress(u8);
    /// impl Flash for Progress { const QUEUE: &'static str = "progress"; }
    ///
    /// session.add_flash(Progress(70))?;
    /// assert_eq!(session.take_flashes_of::<Progress>().await?[0].0, 70);
    /// # Ok(()) });
    /// ```
    pub async fn take_flashes_of<M: Flash>(&self) -> Result<Vec<M>, SessionError> {
        self.take_selected(|message| *message.queue == *M::QUEUE)
            .await
            .map(|taken| flash::typed(&taken))
    }

    /// All waiting messages, which go on waiting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] after the response.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.add_flash("Saved")?;
    /// assert_eq!(session.peek_flashes()?.len(), 1);
    /// assert_eq!(session.peek_flashes()?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn peek_flashes(&self) -> Result<Vec<FlashMessage>, SessionError> {
        self.read(|state| shown(&state.live.flashes))
    }

    /// The waiting messages of one queue, which go on waiting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] after the response.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.add_flash_to("sidebar", "News")?;
    /// assert_eq!(session.peek_flashes_from("sidebar")?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn peek_flashes_from(&self, queue: &str) -> Result<Vec<FlashMessage>, SessionError> {
        self.read(|state| shown(&state.selected(|message| *message.queue == *queue)))
    }

    /// The waiting messages of a type, which go on waiting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] after the response.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// # use serde::{Deserialize, Serialize};
    /// # use sessions_runtime::Flash;
    /// #[derive(Serialize, Deserialize)]
    /// struct Progress(u8);
    /// impl Flash for Progress { const QUEUE: &'static str = "progress"; }
    ///
    /// session.add_flash(Progress(70))?;
    /// assert_eq!(session.peek_flashes_of::<Progress>()?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn peek_flashes_of<M: Flash + DeserializeOwned>(&self) -> Result<Vec<M>, SessionError> {
        let messages = self.read(|state| state.selected(|message| *message.queue == *M::QUEUE))?;
        Ok(flash::typed(&messages))
    }

    /// Takes what `select` chooses: messages that are only in this request so far, and those the server has, claimed.
    async fn take_selected(
        &self,
        select: impl Fn(&StoredFlash) -> bool,
    ) -> Result<Vec<StoredFlash>, SessionError> {
        self.needs_request("take_flashes", "peek at them, or take them in a handler")?;
        let (waiting, phase) = self.read(|state| (state.live.flashes.iter().any(&select), state.phase))?;
        if !waiting || phase == Phase::ReadOnly {
            return Ok(Vec::new());
        }
        if self.inner.head {
            return self.read(|state| state.selected(select));
        }
        match &self.inner.definition.place {
            Place::InCookie => self.write(|state| state.take_local(select)),
            Place::Server(backend) => {
                let turn = self.inner.turn.lock().await;
                let held = self.write(|state| match &mut state.stored {
                    Stored::Server(kept) => kept.held.clone(),
                    Stored::Cookie(_) => None,
                })?;
                let mut taken = Vec::new();
                if let Some(held) = held.filter(|held| held.live.flashes.iter().any(&select)) {
                    let terms = self.inner.terms(self.inner.sessions.registry().clock.now());
                    let claimed = protocol::claim(&**backend, held, &select, &terms).await?;
                    taken = self.write(|state| state.take_claimed(claimed))?;
                }
                drop(turn);
                // What this request added and never saved: it is in nobody else's view.
                let own = self.write(|state| state.take_local(select))?;
                taken.extend(own);
                Ok(taken)
            }
        }
    }
}

impl State {
    fn selected(&self, select: impl Fn(&StoredFlash) -> bool) -> Vec<StoredFlash> {
        self.live
            .flashes
            .iter()
            .filter(|message| select(message))
            .cloned()
            .collect()
    }

    /// Removes from the view; on a server, messages of the record have been claimed before.
    fn take_local(&mut self, select: impl Fn(&StoredFlash) -> bool) -> Vec<StoredFlash> {
        let (taken, kept) = mem::take(&mut self.live.flashes)
            .into_iter()
            .partition(|message| select(message));
        self.live.flashes = kept;
        match &mut self.stored {
            Stored::Server(kept) => kept.edits.retain_flashes(|message| !select(&message.stored(0))),
            // Nobody else counts on: a message that came and went leaves no byte changed.
            Stored::Cookie(_) if self.live.flashes.is_empty() => self.live.next_seq = 0,
            Stored::Cookie(_) => {}
        }
        taken
    }

    /// Notes what a claim brought: the messages are this request's, and the record is fresher.
    fn take_claimed(&mut self, claimed: Claimed) -> Vec<StoredFlash> {
        let Claimed { messages, held, .. } = claimed;
        let Stored::Server(kept) = &mut self.stored else {
            return Vec::new();
        };
        // Those that somebody else took meanwhile leave the view too; and all of them, if the session was renewed
        // meanwhile, because they belong to whoever has the new id.
        let before = kept.held.take();
        if let Some(before) = before {
            let ours = held.as_ref().filter(|held| !held.crossed);
            self.live.flashes.retain(|message| {
                !before.live.flashes.iter().any(|known| known.seq == message.seq)
                    || ours.is_some_and(|held| held.live.flashes.contains(message))
            });
        }
        kept.claimed.extend(messages.iter().cloned());
        kept.gone = held.is_none();
        kept.crossed |= held.as_ref().is_some_and(|held| held.crossed);
        kept.held = held;
        messages
    }
}

fn shown(messages: &[StoredFlash]) -> Vec<FlashMessage> {
    messages
        .iter()
        .map(|message| FlashMessage::new(&message.queue, &message.level, &message.text))
        .collect()
}
