//! Where the requests of a storm wait for each other.

use tokio::sync::watch;

/// A gate in a handler: requests wait before it until it is opened, so that all of them have loaded before one saves.
#[derive(Debug)]
pub struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug)]
struct State {
    waiting: usize,
    open: bool,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self {
            state: watch::Sender::new(State {
                waiting: 0,
                open: false,
            }),
        }
    }

    /// Waits until the gate is open.
    pub async fn pass(&self) {
        self.state.send_modify(|state| state.waiting += 1);
        self.until(|state| state.open).await;
    }

    /// Waits until so many have come since the gate was closed.
    pub async fn arrived(&self, count: usize) {
        self.until(|state| state.waiting >= count).await;
    }

    /// Lets everybody through.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }

    /// Closes the gate for a new storm.
    pub fn close(&self) {
        self.state.send_replace(State {
            waiting: 0,
            open: false,
        });
    }

    async fn until(&self, fits: impl FnMut(&State) -> bool) {
        self.state
            .subscribe()
            .wait_for(fits)
            .await
            .expect("the gate outlives its requests");
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
