//! A visitor who comes again and again, whatever happens, and checks every answer.

use std::cell::Cell;
use std::time::{Duration, Instant};

use sessions_runtime::testing::{Client, Reply, Server};

use super::table::Row;
use crate::pages::WHO;

/// Somebody with a session, and a count of what was done to it.
pub(super) struct Patron {
    client: Client,
    who: String,
    writes: bool,
    /// Besides 200.
    statuses: Vec<u16>,
    /// How often the number was raised: as far as that was answered, and as far as it may be.
    answered: Cell<u32>,
    asked: Cell<u32>,
    visits: Cell<u32>,
    pub(super) lost: Cell<bool>,
    /// Something was not saved.
    pub(super) failed: Cell<bool>,
    pub(super) longest: Cell<Duration>,
}

impl Patron {
    /// Somebody new, who has begun a session.
    pub(super) async fn new(server: &Server, who: String, writes: bool, row: &Row) -> Self {
        let patron = Self {
            client: Client::new(server),
            who,
            writes,
            statuses: row.statuses(),
            answered: Cell::new(1),
            asked: Cell::new(1),
            visits: Cell::new(0),
            lost: Cell::new(false),
            failed: Cell::new(false),
            longest: Cell::default(),
        };
        assert_eq!(patron.ask("/begin").await.status, 200);
        patron
    }

    /// One page; who writes does so every other time.
    pub(super) async fn visit(&self) {
        self.visits.set(self.visits.get() + 1);
        if !self.writes || self.visits.get().is_multiple_of(2) {
            self.read().await;
            return;
        }
        self.asked.set(self.asked.get() + 1);
        if self.ask("/add").await.status == 200 {
            self.answered.set(self.answered.get() + 1);
        }
    }

    /// After the outage: all is well, and nothing was lost that was answered, unless all was.
    pub(super) async fn look(&self) {
        if let Some(number) = self.read().await
            && !self.lost.get()
        {
            assert!(
                (self.answered.get()..=self.asked.get()).contains(&number),
                "{number} of {} to {}",
                self.answered.get(),
                self.asked.get()
            );
        }
        for path in ["/read", "/grow", "/add", "/locked"] {
            assert_eq!(self.ask(path).await.status, 200, "{path}");
        }
    }

    /// Reads the page that tells whose session this is; the number in it.
    async fn read(&self) -> Option<u32> {
        let reply = self.ask("/read").await;
        if reply.status != 200 {
            return None;
        }
        let text = reply.text();
        let words: Vec<&str> = text.split(' ').collect();
        let [_, who, left, right] = words[..] else {
            panic!("{text:?}")
        };
        assert_eq!(left, right, "saved in part");
        if who.is_empty() {
            self.lost.set(true);
        } else {
            assert_eq!(who, self.who, "somebody else's session");
        }
        left.parse().ok()
    }

    /// A page. One that fails says nothing, and touches no cookie.
    pub(super) async fn ask(&self, path: &str) -> Reply {
        let begin = Instant::now();
        let reply = self.client.get(path).header(WHO, &self.who).send().await;
        self.longest.set(self.longest.get().max(begin.elapsed()));
        if reply.status != 200 {
            self.failed.set(true);
            assert!(
                self.statuses.contains(&reply.status.as_u16()),
                "{path}: {}",
                reply.status
            );
            assert_eq!(reply.text(), "");
            assert!(reply.set_cookies().is_empty(), "a cookie was touched");
        }
        reply
    }
}
