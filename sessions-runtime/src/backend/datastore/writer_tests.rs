use std::path::PathBuf;
use std::sync::Weak;
use std::sync::mpsc::{Sender, channel};

use rusqlite::params;

use super::*;
use crate::backend::datastore::queue::Queue;
use crate::backend::datastore::writes::Write;
use crate::backend::datastore::{Datastore, file};
use crate::clock::Clock;

/// A write that queues the next one before it has ended, so that there never is a pause.
struct Chain {
    queue: Weak<Queue>,
    left: u32,
    pages: usize,
    /// Tells how many records there are at each link, and how it will be committed.
    seen: Sender<(i64, i64)>,
}

impl Write for Chain {
    type Answer = ();

    fn pages(&self) -> usize {
        self.pages
    }

    fn apply(&self, on: &mut Writing<'_>) -> Result<()> {
        let state = "SELECT count(*), (SELECT synchronous FROM pragma_synchronous) FROM sessions";
        let state = on
            .connection
            .query_row(state, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.seen.send(state).unwrap();
        if let Some(queue) = self.queue.upgrade().filter(|_| self.left > 0) {
            let (queue_of_next, seen) = (self.queue.clone(), self.seen.clone());
            queue.push(Self {
                queue: queue_of_next,
                left: self.left - 1,
                pages: self.pages,
                seen,
            })?;
        }
        Ok(())
    }
}

/// A writer of a new file in a directory of this name, which purges by three.
fn writer_in(name: &str) -> (Writer, PathBuf) {
    let directory = std::env::temp_dir().join(format!("sessions-writer-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let builder = Datastore::builder(directory.join("sessions.db"))
        .clock(Clock::manual(Timestamp::from_unix(1_800_000_000)))
        .purge_batch(3);
    let settings = Arc::new(builder.settled().unwrap());
    let connection = file::for_writing(&settings).unwrap();
    let presence = Arc::new(Presence::of(&settings.path).unwrap());
    (Writer::new(settings, presence, connection), directory)
}

/// What each of so many writes sees, which add so many pages to the log, of ten expired records that are purged by three.
fn seen_by(count: u32, pages: usize) -> Vec<(i64, i64)> {
    let (writer, directory) = writer_in(&pages.to_string());
    for number in 0..10u8 {
        let expired = "INSERT INTO sessions (key, version, expiry, bucket, data) VALUES (?1, 1, 0, 0, x'00')";
        writer.connection.execute(expired, params![[number; 32]]).unwrap();
    }
    let queue = Queue::start(10, Duration::from_secs(20), move |tasks| writer.run(&tasks)).unwrap();
    let (queue, (seen, told)) = (Arc::new(queue), channel());
    queue
        .push(Chain {
            queue: Arc::downgrade(&queue),
            left: count - 1,
            pages,
            seen,
        })
        .unwrap();
    let seen = told.iter().collect();
    drop(queue);
    std::fs::remove_dir_all(directory).unwrap();
    seen
}

/// S19
#[test]
fn purging_has_its_turn_also_where_writes_never_pause() {
    // What three records make of the log is earned by three writes.
    let purged = [10, 10, 10, 7, 7, 7, 4, 4, 4, 1, 1, 1, 0];
    // A purge need not be on the disk, and the save after it has to be: 2 is FULL.
    assert_eq!(seen_by(13, 2), purged.map(|count| (count, 2)));
}

/// S19, R14
/// What many write together is not forgotten.
#[test]
fn purging_keeps_up_with_what_is_written_together() {
    assert_eq!(seen_by(3, 14), [10, 4, 0].map(|count| (count, 2)));
}

/// An idle writer takes no time of a processor; one with something to do first makes sure that nobody writes.
#[test]
fn the_writer_sleeps_while_there_is_nothing_to_do() {
    let (mut writer, directory) = writer_in("patience");
    let mut patience = |due: bool, logged, quiet| {
        writer.next_purge = due.then(|| writer.settings.clock.now());
        (writer.logged, writer.quiet) = (logged, quiet);
        writer.patience()
    };
    for quiet in [false, true] {
        assert_eq!(patience(false, LOG_IN_PAUSES - 1, quiet), SLEEP);
    }
    for (due, logged) in [(true, 0), (false, LOG_IN_PAUSES), (true, LOG_IN_PAUSES)] {
        assert_eq!(patience(due, logged, false), QUIET, "{due} {logged}");
        assert_eq!(patience(due, logged, true), Duration::ZERO, "{due} {logged}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}
