use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread::ThreadId;
use std::time::Instant;

use actix_web::web;
use futures_util::future::join;

use super::*;
use crate::backend::datastore::{Datastore, DatastoreBuilder};
use crate::testing::{Client, serve};

/// A datastore in a directory of its own, with a pool of one.
struct Place {
    datastore: Datastore,
    directory: PathBuf,
}

impl Place {
    fn new(name: &str, settings: impl FnOnce(DatastoreBuilder) -> DatastoreBuilder) -> Self {
        let directory = std::env::temp_dir().join(format!("sessions-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let builder = Datastore::builder(directory.join("sessions.db")).read_connections(1);
        Self {
            datastore: settings(builder).open().unwrap(),
            directory,
        }
    }

    fn readers(&self) -> &Readers {
        &self.datastore.shared.readers
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.directory).unwrap();
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a read")]
fn thread_of(_: &Connection) -> Result<ThreadId> {
    Ok(std::thread::current().id())
}

/// Says that the file is locked where it may not wait.
fn locked_here(here: ThreadId) -> impl Fn(&Connection) -> Result<ThreadId> + Send + 'static {
    move |connection| match thread_of(connection)? {
        thread if thread == here => Err(Failure::new(ErrorKind::Busy, "locked")),
        thread => Ok(thread),
    }
}

/// Holds the connection that it gets until the sender is dropped.
fn held() -> (Sender<()>, impl Fn(&Connection) -> Result<()> + Send + 'static) {
    let (sender, receiver) = channel::<()>();
    (sender, move |_: &Connection| {
        receiver.iter().for_each(drop);
        Ok(())
    })
}

/// P15
/// The first read opens the worker's connection elsewhere; then this worker reads by itself, and what finds the file
/// locked is handed over to a thread that may wait for the pool.
#[actix_web::test]
async fn a_worker_waits_neither_for_the_file_nor_for_the_pool() {
    let (place, here) = (
        Place::new("worker", |builder| builder),
        std::thread::current().id(),
    );
    assert_ne!(place.readers().read(thread_of).await.unwrap(), here);
    assert_eq!(place.readers().read(thread_of).await.unwrap(), here);
    assert!(place.readers().pool.get().is_none(), "nobody has needed the pool");
    assert_ne!(place.readers().read(locked_here(here)).await.unwrap(), here);
    assert_ne!(place.readers().read_pooled(thread_of).await.unwrap(), here);
    assert_eq!(
        place.readers().read(thread_of).await.unwrap(),
        here,
        "its own connection is kept"
    );
}

/// C13
#[actix_web::test]
async fn a_dropped_first_read_leaves_the_next_one_to_open() {
    let (place, here) = (
        Place::new("dropped", |builder| builder),
        std::thread::current().id(),
    );
    let mut first = Box::pin(place.readers().read(thread_of));
    assert!(futures_util::poll!(&mut first).is_pending());
    drop(first);
    assert_ne!(place.readers().read(thread_of).await.unwrap(), here);
    assert_eq!(place.readers().read(thread_of).await.unwrap(), here);
}

/// Whoever reads while the worker's connection is being opened uses the pool.
#[actix_web::test]
async fn a_worker_opens_one_connection() {
    let place = Place::new("one", |builder| builder);
    let (first, second) = join(place.readers().read(thread_of), place.readers().read(thread_of)).await;
    assert!(first.is_ok() && second.is_ok());
    let pool = place.readers().pool.get().unwrap();
    assert_eq!(pool.state().connections, 1);
}

/// A failure leaves the worker with a new connection, not without one.
#[actix_web::test]
async fn a_connection_that_failed_is_not_used_again() {
    let (place, here) = (
        Place::new("failed", |builder| builder),
        std::thread::current().id(),
    );
    place.readers().read(thread_of).await.unwrap();
    let broken = |_: &Connection| Err::<ThreadId, _>(Failure::new(ErrorKind::Backend, "broken"));
    assert!(place.readers().read(broken).await.is_err());
    assert_ne!(place.readers().read(thread_of).await.unwrap(), here);
    assert_eq!(place.readers().read(thread_of).await.unwrap(), here);
}

/// R11
/// One worker, and one connection that somebody holds: the wait is bounded, and other routes answer meanwhile.
#[actix_web::test]
async fn an_exhausted_pool_is_busy_after_a_bounded_wait_and_stops_nobody_else() {
    let place = Place::new("exhausted", |builder| {
        builder.busy_timeout(Duration::from_secs(1))
    });
    let (release, hold) = held();
    let data = web::Data::new(place.datastore.clone());
    let server = serve(move |app: &mut web::ServiceConfig| {
        let read = |datastore: web::Data<Datastore>| async move {
            let read = datastore.shared.readers.read_pooled(thread_of).await;
            read.map(|_| "read").map_err(Failure::into_error)
        };
        app.app_data(data.clone())
            .route("/read", web::get().to(read))
            .route("/free", web::get().to(|| async { "free" }));
    });
    let client = Client::new(&server);
    let holder = join(place.readers().read_pooled(hold), async {
        let started = Instant::now();
        let (busy, ()) = join(client.get("/read").send(), async {
            for _ in 0..10 {
                assert_eq!(client.get("/free").send().await.text(), "free");
            }
            assert!(started.elapsed() < Duration::from_secs(1), "these had to wait");
        })
        .await;
        assert_eq!(busy.status, 503);
        assert!(started.elapsed() >= Duration::from_secs(1));
        drop(release);
    });
    holder.await.0.unwrap();
    assert_eq!(client.get("/read").send().await.text(), "read");
}

/// R11, S62
#[test]
fn without_a_blocking_thread_a_read_ends_after_its_time_out() {
    let place = Place::new("threads", |builder| builder.timeout(Duration::from_millis(50)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (release, hold) = channel::<()>();
    let occupied = runtime.spawn_blocking(move || hold.iter().for_each(drop));
    let started = Instant::now();
    let failure = runtime.block_on(place.readers().read(thread_of)).unwrap_err();
    assert!(failure.is_busy(), "{failure}");
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "as long as nothing is configured"
    );
    drop(release);
    runtime.block_on(occupied).unwrap();
    runtime.block_on(place.readers().read(thread_of)).unwrap();
}
