//! Connections belong to a thread and its runtime, and end with them.

use std::time::{Duration, Instant};

use actix_web::rt::System;
use actix_web::rt::time::timeout;
use sessions_runtime::Backend;

use super::console::Console;
use super::wire::Wire;
use super::{connect_to, create, key, memcached, record, text};

/// Waits until the server has this number of connections, the console's included.
fn connections(console: &mut Console, count: u64) {
    let end = Instant::now() + Duration::from_secs(10);
    while console.stats()["curr_connections"] != count {
        assert!(Instant::now() < end, "{}", console.stats()["curr_connections"]);
    }
}

#[test]
fn a_thread_may_run_one_runtime_after_another() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    System::new().block_on(create(&backend, &key(1), record("kept")));
    for _ in 0..3 {
        let found = System::new().block_on(text(&backend, &key(1)));
        assert_eq!(found.as_deref(), Some("kept"));
    }
}

#[test]
fn a_runtime_that_nobody_drives_holds_nothing_up() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    let (resting, busy) = (System::new(), System::new());
    resting.block_on(create(&backend, &key(1), record("kept")));
    for _ in 0..3 {
        assert_eq!(busy.block_on(text(&backend, &key(1))).as_deref(), Some("kept"));
        assert_eq!(resting.block_on(text(&backend, &key(1))).as_deref(), Some("kept"));
    }
}

#[test]
fn each_thread_has_a_connection_of_its_own() {
    let server = memcached(&[]);
    let mut console = Console::new(&server.address());
    let backend = connect_to(&server.address());
    connections(&mut console, 1);
    System::new().block_on(async {
        create(&backend, &key(1), record("kept")).await;
        let barrier = std::sync::Barrier::new(5);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    System::new().block_on(async {
                        assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
                        barrier.wait();
                        barrier.wait();
                    });
                });
            }
            barrier.wait();
            connections(&mut console, 6);
            barrier.wait();
        });
        connections(&mut console, 2);
    });
    connections(&mut console, 1);
}

/// Also where their runtime goes on.
#[test]
fn connections_end_with_the_last_handle() {
    let server = memcached(&[]);
    let mut console = Console::new(&server.address());
    System::new().block_on(async {
        let backend = connect_to(&server.address());
        let clone = backend.clone();
        create(&backend, &key(1), record("kept")).await;
        drop(backend);
        assert_eq!(text(&clone, &key(1)).await.as_deref(), Some("kept"));
        connections(&mut console, 2);
        drop(clone);
        tokio::task::yield_now().await;
        connections(&mut console, 1);
    });
}

/// Nobody drives its connection any more: an error, whether or not the command was sent, and no endless wait.
#[test]
fn a_call_whose_runtime_ended_is_an_error() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = connect_to(wire.address());
    for sent in [false, true] {
        let key = key(1);
        let mut call = backend.load(&key);
        System::new().block_on(async {
            if sent {
                create(&backend, &key, record("kept")).await;
                wire.hold();
            }
            assert!(futures_util::poll!(&mut call).is_pending());
            if sent {
                wire.sees("mg", 1).await;
            }
        });
        let bounded = async { timeout(Duration::from_secs(5), call).await };
        let err = System::new()
            .block_on(bounded)
            .expect("it ends")
            .expect_err("nobody knows");
        assert!(
            err.is_unavailable() && super::told(&err).contains("shut down"),
            "{}",
            super::told(&err)
        );
        wire.release();
    }
    assert_eq!(
        System::new().block_on(text(&backend, &key(1))).as_deref(),
        Some("kept")
    );
}

#[test]
fn without_a_runtime_a_call_is_an_error_and_no_panic() {
    let backend = connect_to("127.0.0.1:11211");
    let err = futures_util::FutureExt::now_or_never(async { backend.load(&key(1)).await });
    let err = err.expect("it ends at once").expect_err("there is no runtime");
    assert!(
        super::told(&err).contains("Tokio runtime"),
        "{}",
        super::told(&err)
    );
}
