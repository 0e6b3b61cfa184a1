use std::sync::mpsc::channel;

use futures_util::future::join_all;
use rusqlite::Connection;

use super::*;

const SHORT: Duration = Duration::from_millis(30);
const LONG: Duration = Duration::from_secs(20);

/// What a writer does with what it took out.
fn apply(tasks: &mut [Box<dyn Task>]) {
    let connection = Connection::open_in_memory().unwrap();
    let writing = Writing {
        connection: &connection,
        now: 0,
    };
    for task in tasks {
        task.apply(&writing).unwrap();
    }
}

/// S62
#[actix_web::test]
async fn a_full_queue_is_busy_at_once() {
    let (release, held) = channel::<()>();
    let queue = Queue::start(3, SHORT, move |_queue| held.iter().for_each(drop)).unwrap();
    let answers = join_all((0..5).map(|_| queue.write(Nothing))).await;
    let refused: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().unwrap_err())
        .map(|failure| failure.to_string().contains("`queue`"))
        .collect();
    assert_eq!(refused, [false, false, false, true, true]);
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().unwrap_err().is_busy())
    );
    drop(release);
}

/// A write whose outcome nobody knows is not busy: that would say that it may be tried again.
#[actix_web::test]
async fn a_write_that_has_begun_is_unknown_after_its_time_out() {
    let (release, held) = channel::<()>();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let queue = Queue::start(3, SHORT, move |queue: Receiver<Box<dyn Task>>| {
        let mut tasks = vec![queue.recv().unwrap()];
        apply(&mut tasks);
        begun.send(()).unwrap();
        held.iter().for_each(drop);
    })
    .unwrap();
    let failure = queue.write(Nothing).await.unwrap_err();
    begins.await.unwrap();
    assert!(
        !failure.is_busy() && failure.to_string().contains("nobody knows"),
        "{failure}"
    );
    drop(release);
}

/// C13
/// A write that has begun ends in its own time; who reads afterwards waits for that.
#[actix_web::test]
async fn reads_wait_for_writes_that_were_dropped_after_they_had_begun() {
    let (release, held) = channel::<()>();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let queue = Queue::start(3, LONG, move |queue: Receiver<Box<dyn Task>>| {
        let mut tasks = vec![queue.recv().unwrap()];
        apply(&mut tasks);
        begun.send(()).unwrap();
        held.iter().for_each(drop);
        tasks.extend(queue.try_iter());
        apply(&mut tasks[1..]);
        for task in tasks {
            task.finish(Ok(()));
        }
    })
    .unwrap();
    let mut dropped = Box::pin(queue.write(Nothing));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    assert!(
        futures_util::poll!(Box::pin(queue.settle())).is_ready(),
        "it may still end well"
    );
    begins.await.unwrap();
    drop(dropped);
    let mut settling = Box::pin(queue.settle());
    assert!(futures_util::poll!(&mut settling).is_pending());
    drop(release);
    settling.await;
    assert!(
        futures_util::poll!(Box::pin(queue.settle())).is_ready(),
        "it has ended"
    );
}

/// C13
#[actix_web::test]
async fn a_write_that_was_dropped_before_it_began_never_begins() {
    let (release, held) = channel::<()>();
    let (counted, count) = channel();
    let queue = Queue::start(3, LONG, move |queue: Receiver<Box<dyn Task>>| {
        held.iter().for_each(drop);
        let mut tasks: Vec<_> = queue.iter().collect();
        apply(&mut tasks);
        counted.send(tasks.len()).unwrap();
    })
    .unwrap();
    let counts: [Arc<AtomicU8>; 2] = Default::default();
    let [given_up, kept] = counts.clone().map(Counted);
    let mut dropped = Box::pin(queue.write(given_up));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    drop(dropped);
    assert!(
        futures_util::poll!(Box::pin(queue.settle())).is_ready(),
        "there is nothing to wait for"
    );
    queue.push(kept).unwrap();
    drop(release);
    drop(queue);
    assert_eq!(count.recv().unwrap(), 2);
    // What nobody waits for from the beginning takes place.
    assert_eq!(counts.map(|count| count.load(Ordering::SeqCst)), [0, 1]);
}

/// Counts how often it is done.
struct Counted(Arc<AtomicU8>);

impl Write for Counted {
    type Answer = ();

    fn apply(&self, _: &Writing<'_>) -> Result<()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[actix_web::test]
async fn without_a_writer_a_write_is_an_error() {
    let queue = Queue::start(3, LONG, drop).unwrap();
    let failure = queue.write(Nothing).await.unwrap_err();
    assert!(failure.to_string().contains("has ended"), "{failure}");
}
