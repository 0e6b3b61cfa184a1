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
    /// Tells how many records there are at each link.
    records: Sender<i64>,
}

impl Write for Chain {
    type Answer = ();

    fn apply(&self, on: &mut Writing<'_>) -> Result<()> {
        let count = "SELECT count(*) FROM sessions";
        self.records
            .send(on.connection.query_row(count, [], |row| row.get(0))?)
            .unwrap();
        if let Some(queue) = self.queue.upgrade().filter(|_| self.left > 0) {
            let (queue_of_next, records) = (self.queue.clone(), self.records.clone());
            queue.push(Self {
                queue: queue_of_next,
                left: self.left - 1,
                records,
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
    let (queue, (records, counts)) = (Arc::new(queue), channel());
    queue
        .push(Chain {
            queue: Arc::downgrade(&queue),
            left: 4 * TURN,
            records,
        })
        .unwrap();
    let counts: Vec<i64> = counts.iter().collect();
    drop(queue);
    std::fs::remove_dir_all(directory).unwrap();

    let turn = |number: u32| counts[usize::try_from(number * TURN).unwrap()];
    assert_eq!([turn(0), turn(1), turn(2), turn(3), turn(4)], [10, 7, 4, 1, 0]);
    assert_eq!(
        counts[usize::try_from(TURN).unwrap() - 1],
        10,
        "not before its turn"
    );
}
