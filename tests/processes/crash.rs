//! A process that is killed in the middle of its saves.

use std::cell::Cell;

use futures_util::future::{join, join_all};
use sessions_runtime::testing::Client;
use tokio::sync::Notify;

use crate::process::{COOKIE, Process};
use crate::store::Store;
use crate::support::random::{Random, deep, seed};

const VISITORS: usize = 16;
/// At least as many in each round, which ends with a kill.
const SAVES: usize = 200;

/// A visitor, and what the server has answered.
struct Visitor {
    client: Client,
    answered: Cell<u32>,
}

impl Visitor {
    /// Looks whether everything that was answered is there. The one save that was not answered is, or is not.
    async fn look(&self, round: usize) {
        let reply = self.client.get("/paired").send().await;
        assert_eq!(reply.status, 200);
        let text = reply.text();
        let number: u32 = text.parse().unwrap_or_else(|_| panic!("round {round}: {text}"));
        let answered = self.answered.get();
        assert!(
            number == answered || number == answered + 1,
            "round {round}: {number} saves are there, and {answered} were answered"
        );
        self.answered.set(number);
    }
}

/// R15
/// Five kills in the middle of a thousand saves, each at a random moment, which `SESSIONS_SEED` decides, and a hundred with
/// `SESSIONS_DEEP=1`: what was answered is there, sign-outs too, and nothing is there in part.
pub(crate) async fn every_answered_save_is_there_after_a_kill_and_none_half(store: Store) {
    let (seed, rounds) = (seed(), if deep() { 100 } else { 5 });
    println!("SESSIONS_SEED={seed}");
    let mut random = Random::new(seed);
    let mut process = Process::start(store.url());
    let mut visitors: Vec<Visitor> = (0..VISITORS)
        .map(|_| Visitor {
            client: process.browser(),
            answered: Cell::new(0),
        })
        .collect();
    for visitor in &visitors {
        visitor.client.get("/login/ann").send().await;
    }
    let mut signed_out: Vec<Client> = Vec::new();
    for round in 0..rounds {
        let leaving = process.browser();
        leaving.get("/login/ben").send().await;
        let copy = leaving.fork();
        // The kill comes amid the saves of all visitors, of which some are never answered.
        let (until, saves, killed) = (SAVES + random.below(SAVES), Cell::new(0_usize), Notify::new());
        let saving = join_all(visitors.iter().map(async |visitor| {
            while let Ok(reply) = visitor.client.get("/pair").try_send().await {
                assert_eq!(reply.status, 200);
                visitor.answered.set(visitor.answered.get() + 1);
                assert_eq!(reply.text(), visitor.answered.get().to_string());
                saves.set(saves.get() + 1);
                killed.notify_one();
            }
        }));
        let killing = async {
            while saves.get() < until / 2 {
                killed.notified().await;
            }
            assert_eq!(leaving.get("/logout").send().await.status, 200);
            while saves.get() < until {
                killed.notified().await;
            }
            process.kill();
        };
        let ((), _) = join(killing, saving).await;
        assert!(saves.get() >= until);

        process = Process::start(store.url());
        signed_out.push(copy);
        for visitor in &mut visitors {
            visitor.client = process.browser_of(&visitor.client);
        }
        join_all(visitors.iter().map(|visitor| visitor.look(round))).await;
        for copy in &signed_out {
            let reply = process.browser_of(copy).get("/origin").send().await;
            assert_eq!(reply.text(), "unknown", "a sign-out that was answered is undone");
        }
    }
    for visitor in &visitors {
        assert_eq!(visitor.client.get("/get/user").send().await.text(), "ann");
        assert!(visitor.client.cookie(COOKIE).is_some());
    }
}
