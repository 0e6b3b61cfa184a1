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
    /// Tells how many records there are at each link, and how it will be committed.
    seen: Sender<(i64, i64)>,
}

impl Write for Chain {
    type Answer = ();

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
                seen,
            })?;
        }
        Ok(())
    }
}

/// S19
#[test]
fn purging_has_its_turn_also_where_writes_never_pause() {
    let directory = std::env::temp_dir().join(format!("sessions-writer-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let builder = Datastore::builder(directory.join("sessions.db"))
        .clock(clock)
        .purge_batch(3);
    let settings = Arc::new(builder.settled().unwrap());
    let connection = file::for_writing(&settings).unwrap();
    for number in 0..10u8 {
        let expired = "INSERT INTO sessions (key, version, expiry, bucket, data) VALUES (?1, 1, 0, 0, x'00')";
        connection.execute(expired, params![[number; 32]]).unwrap();
    }
    let presence = Arc::new(Presence::of(&settings.path).unwrap());
    let writer = Writer::new(settings, presence, connection);
    let queue = Queue::start(10, Duration::from_secs(20), move |tasks| writer.run(&tasks)).unwrap();
    let (queue, (seen, told)) = (Arc::new(queue), channel());
    queue
        .push(Chain {
            queue: Arc::downgrade(&queue),
            left: 12,
            seen,
        })
        .unwrap();
    let seen: Vec<(i64, i64)> = told.iter().collect();
    drop(queue);
    std::fs::remove_dir_all(directory).unwrap();

    // What three records make of the log is earned by three writes.
    let purged = [10, 10, 10, 7, 7, 7, 4, 4, 4, 1, 1, 1, 0];
    // A purge need not be on the disk, and the save after it has to be: 2 is FULL.
    assert_eq!(seen, purged.map(|count| (count, 2)));
}
