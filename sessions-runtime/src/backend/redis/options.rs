//! What the builder settled, in the form that connections use.

use std::time::Duration;

use crate::clock::Clock;

/// The settings of all connections.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) prefix: String,
    pub(super) connect_timeout: Duration,
    pub(super) reply_timeout: Duration,
    /// Of a call as a whole, waiting for a connection included.
    pub(super) timeout: Duration,
    pub(super) max_backoff: Duration,
    /// Of the data alone.
    pub(super) max_record_size: usize,
    pub(super) clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prefix: "sessions".to_owned(),
            connect_timeout: Duration::from_millis(500),
            reply_timeout: Duration::from_millis(500),
            timeout: Duration::from_secs(1),
            max_backoff: Duration::from_millis(500),
            max_record_size: 1_048_576,
            clock: Clock::system(),
        }
    }
}
