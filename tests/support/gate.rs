//! A point in a handler at which a test holds requests, so that two overlap in exactly one way.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Handlers [`pass`](Self::pass) it; the test waits until one has [`arrived`](Self::arrived), and [`open`](Self::open)s.
#[derive(Clone, Debug)]
pub struct Gate {
    arrivals: Arc<Semaphore>,
    permits: Arc<Semaphore>,
}

impl Gate {
    pub fn new() -> Self {
        Self {
            arrivals: Arc::new(Semaphore::new(0)),
            permits: Arc::new(Semaphore::new(0)),
        }
    }

    /// The handler's side: says that it is here, and waits to be let through.
    pub async fn pass(&self) {
        self.arrivals.add_permits(1);
        self.permits
            .acquire()
            .await
            .expect("nobody closes the gate")
            .forget();
    }

    /// The test's side: waits until one more request stands at the gate.
    pub async fn arrived(&self) {
        self.arrivals
            .acquire()
            .await
            .expect("nobody closes the gate")
            .forget();
    }

    /// Lets one request through, also one that is still to come.
    pub fn open(&self) {
        self.permits.add_permits(1);
    }
}
