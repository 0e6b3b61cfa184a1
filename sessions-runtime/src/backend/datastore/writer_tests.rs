use std::path::PathBuf;
use std::sync::Weak;
use std::sync::atomic::{AtomicUsize, Ordering};
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

    fn apply(&self, on: &Writing<'_>) -> Result<()> {
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

/// Ten records that ended long ago.
fn expire_ten(writer: &Writer) {
    for number in 0..10u8 {
        let expired = "INSERT INTO sessions (key, version, expiry, bucket, data) VALUES (?1, 1, 0, 0, x'00')";
        writer.connection.execute(expired, params![[number; 32]]).unwrap();
    }
}

/// What each of so many writes sees, which add so many pages to the log, of ten expired records that are purged by three.
fn seen_by(count: u32, pages: usize) -> Vec<(i64, i64)> {
    let (writer, directory) = writer_in(&pages.to_string());
    expire_ten(&writer);
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

/// S19
/// What it took out is in the log, which has to be moved into the file by and by.
#[test]
fn a_purge_goes_on_until_it_finds_no_more_and_then_waits_for_its_time() {
    let (mut writer, directory) = writer_in("interval");
    expire_ten(&writer);
    for purged in [3, 6, 9] {
        writer.purge();
        assert!(writer.is_purge_due(), "after {purged}");
        assert_eq!(writer.logged, PURGED * purged);
    }
    writer.purge();
    assert_eq!(writer.logged, PURGED * 10);
    writer.settings.clock.advance(Duration::from_secs(59));
    assert!(!writer.is_purge_due());
    writer.settings.clock.advance(Duration::from_secs(1));
    assert!(writer.is_purge_due());
    std::fs::remove_dir_all(directory).unwrap();
}

/// A queued write that ends its transaction where it is to, and tells how it ended.
struct Lone {
    undoes: bool,
    applied: Arc<AtomicUsize>,
    told: Sender<Result<()>>,
}

impl Task for Lone {
    fn pages(&self) -> usize {
        1
    }

    fn apply(&mut self, on: &Writing<'_>) -> Result<()> {
        self.applied.fetch_add(1, Ordering::Relaxed);
        if self.undoes {
            on.connection.execute_batch("ROLLBACK")?;
            on.connection.execute_batch("no SQL")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        self.told.send(outcome).unwrap();
    }
}

/// Writes so many of these together: how often they were done, and how each ended.
fn written(writer: &mut Writer, count: usize, undoes: bool) -> (usize, Vec<Result<()>>) {
    let (applied, (told, ended)) = (Arc::new(AtomicUsize::new(0)), channel());
    let task = |_| {
        Box::new(Lone {
            undoes,
            applied: applied.clone(),
            told: told.clone(),
        }) as Box<dyn Task>
    };
    writer.write((0..count).map(task).collect());
    drop(told);
    (applied.load(Ordering::Relaxed), ended.iter().collect())
}

/// Each of them alone would wait for it anew.
#[test]
fn writes_that_meet_a_lock_together_wait_for_it_once() {
    static WAITS: AtomicUsize = AtomicUsize::new(0);
    let (mut writer, directory) = writer_in("locked");
    let other = Connection::open(&writer.settings.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waits = |_| {
        WAITS.fetch_add(1, Ordering::Relaxed);
        false
    };
    writer.connection.busy_handler(Some(waits)).unwrap();
    let (applied, ended) = written(&mut writer, 3, false);
    assert_eq!((WAITS.load(Ordering::Relaxed), applied, ended.len()), (1, 0, 3));
    assert!(
        ended
            .iter()
            .all(|outcome| outcome.as_ref().unwrap_err().is_busy())
    );
    std::fs::remove_dir_all(directory).unwrap();
}

/// Others of its transaction are done again without it; it has none.
#[test]
fn a_write_that_undoes_its_transaction_alone_is_done_once() {
    let (mut writer, directory) = writer_in("alone");
    let (applied, ended) = written(&mut writer, 1, true);
    assert_eq!((applied, ended.len()), (1, 1));
    assert!(ended[0].is_err());
    std::fs::remove_dir_all(directory).unwrap();
}
