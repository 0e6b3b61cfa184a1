//! Visitors beside a purge.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bench_harness::numbers::{self, median, quantile};
use rusqlite::Connection;
use sessions_runtime::{Backend, Clock, Datastore, Replace};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, spawn_local};

use crate::file;

/// Requests a second that come by themselves, whether or not earlier ones have been answered.
const RATE: f64 = 200.0;
/// Visitors each of whom begins a request when the last one is answered.
const TASKS: u64 = 32;
/// Turns with a purge, and as many without. Beside 200 requests a second a million rows would take more than an hour.
const TURNS: u32 = 12;

/// How long each load and each save took, in microseconds.
#[derive(Default)]
struct Times {
    loads: Vec<f64>,
    saves: Vec<f64>,
}

/// Turns without and with a purge follow each other, so that what else the machine does meets both.
pub(crate) async fn measure(path: &str, live: u64, traffic: &str, durability: &str, lasts: Duration) {
    let (without, with) = (Rc::default(), Rc::default());
    let mut purging = Duration::ZERO;
    for turn in 0..TURNS {
        let builder = file::open(path, durability).manual_purge();
        visit(
            builder.open().expect("a file"),
            live,
            turn * 2,
            traffic,
            &without,
            until(lasts),
        )
        .await;
        let begin = Instant::now();
        let end = purged(path.to_owned(), lasts);
        let builder = file::open(path, durability);
        visit(
            builder.open().expect("a file"),
            live,
            turn * 2 + 1,
            traffic,
            &with,
            end,
        )
        .await;
        purging += begin.elapsed();
        if expired(path) == 0 {
            break;
        }
    }
    numbers::print(&[&format_args!("{:.1}", purging.as_secs_f64()), &expired(path)]);
    print(&without);
    print(&with);
}

fn print(times: &RefCell<Times>) {
    let Times { loads, saves } = &mut *times.borrow_mut();
    let mut words = vec![loads.len().to_string()];
    for times in [loads, saves] {
        for figure in [median(times), quantile(times, 0.99), quantile(times, 1.0)] {
            words.push(format!("{figure:.1}"));
        }
    }
    numbers::print(&[&words.join("\t")]);
}

/// Becomes true after so long.
fn until(lasts: Duration) -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let told = over.clone();
    std::thread::spawn(move || {
        std::thread::sleep(lasts);
        told.store(true, Ordering::Relaxed);
    });
    over
}

/// Becomes true after so long, or when no row is left that the purge would take.
fn purged(path: String, lasts: Duration) -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let (told, end) = (over.clone(), Instant::now() + lasts);
    std::thread::spawn(move || {
        let connection = Connection::open(path).expect("the file");
        while Instant::now() < end && any_expired(&connection) {
            std::thread::sleep(Duration::from_millis(100));
        }
        told.store(true, Ordering::Relaxed);
    });
    over
}

fn any_expired(connection: &Connection) -> bool {
    let hour = Clock::system().now().unix() / 3_600;
    let any = "SELECT EXISTS (SELECT 1 FROM sessions WHERE bucket < ?1)";
    let any = connection.query_row(any, [i64::try_from(hour).expect("a small number")], |row| {
        row.get(0)
    });
    // Whoever finds the file locked looks again.
    any.unwrap_or(true)
}

fn expired(path: &str) -> i64 {
    let connection = Connection::open(path).expect("the file");
    let hour = Clock::system().now().unix() / 3_600;
    let count = "SELECT count(*) FROM sessions WHERE bucket < ?1";
    let count = connection.query_row(count, [i64::try_from(hour).expect("a small number")], |row| {
        row.get(0)
    });
    count.expect("a file that can be read")
}

async fn visit(
    datastore: Datastore,
    live: u64,
    turn: u32,
    traffic: &str,
    times: &Rc<RefCell<Times>>,
    over: Arc<AtomicBool>,
) {
    // Other rows in each turn.
    let rows = u64::from(turn) << 32;
    // Connections are open before it begins.
    let row = file::mixed(rows) % live;
    request(datastore.clone(), row, live, Instant::now(), Rc::default()).await;
    let tasks: Vec<JoinHandle<()>> = match traffic {
        "requests" => {
            let mut arrivals = arrivals(rows, over);
            let mut tasks = Vec::new();
            while let Some((number, came)) = arrivals.recv().await {
                let request = request(
                    datastore.clone(),
                    file::mixed(number) % live,
                    live,
                    came,
                    times.clone(),
                );
                tasks.push(spawn_local(request));
            }
            tasks
        }
        "tasks" => {
            let task = |task: u64| {
                let (datastore, times, over) = (datastore.clone(), times.clone(), over.clone());
                async move {
                    let mut number = rows + (task << 24);
                    while !over.load(Ordering::Relaxed) {
                        // A row of the task's own.
                        let row = file::mixed(number) % (live / TASKS) * TASKS + task;
                        request(datastore.clone(), row, live, Instant::now(), times.clone()).await;
                        number += 1;
                    }
                }
            };
            (0..TASKS).map(|number| spawn_local(task(number))).collect()
        }
        _ => panic!("`requests` or `tasks`"),
    };
    for task in tasks {
        task.await.expect("a request that ends well");
    }
}

/// Requests at random moments. A thread of its own tells them: timers of the runtime count whole milliseconds.
fn arrivals(rows: u64, over: Arc<AtomicBool>) -> UnboundedReceiver<(u64, Instant)> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let (mut number, mut next) = (rows, Instant::now());
        while !over.load(Ordering::Relaxed) {
            #[expect(clippy::cast_precision_loss, reason = "a random number")]
            let random = (file::mixed(number) >> 11) as f64 / (1_u64 << 53) as f64;
            next += Duration::from_secs_f64(-(1.0 - random).ln() / RATE);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            if sender.send((number, Instant::now())).is_err() {
                break;
            }
            number += 1;
        }
    });
    receiver
}

/// Loads a session and saves it.
async fn request(datastore: Datastore, row: u64, live: u64, came: Instant, times: Rc<RefCell<Times>>) {
    let key = file::key(row, live);
    let record = datastore
        .load(&key)
        .await
        .expect("a file that can be read")
        .expect("a row");
    let loaded = Instant::now();
    match datastore
        .replace(&key, record.version, file::record(row ^ record.version.get()))
        .await
    {
        // Two requests of one visitor may meet.
        Ok(Replace::Replaced(_) | Replace::Conflict) => {}
        other => panic!("{other:?}"),
    }
    let mut times = times.borrow_mut();
    times.loads.push((loaded - came).as_secs_f64() * 1e6);
    times.saves.push(loaded.elapsed().as_secs_f64() * 1e6);
}
