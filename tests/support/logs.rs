//! Everything the process logs, so that tests can look for what must be there and what must not.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing_subscriber::filter::LevelFilter;

/// The log of this test binary. Its tests share it: look for names that only one test uses, or from a [`mark`](Self::mark).
#[derive(Debug)]
pub struct Logs {
    written: Mutex<Vec<u8>>,
}

/// Starts to collect at every level, once for the binary, and gives the log.
pub fn capture() -> &'static Logs {
    static LOGS: OnceLock<&'static Logs> = OnceLock::new();
    LOGS.get_or_init(|| {
        let logs: &'static Logs = Box::leak(Box::new(Logs {
            written: Mutex::default(),
        }));
        let writer = move || Writer(logs);
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(writer)
            .init();
        logs
    })
}

impl Logs {
    /// The present end of the log.
    pub fn mark(&self) -> usize {
        self.lock().len()
    }

    /// What was logged after a mark.
    pub fn since(&self, mark: usize) -> String {
        String::from_utf8_lossy(self.lock().get(mark..).unwrap_or_default()).into_owned()
    }

    /// The lines after a mark that contain a text.
    pub fn lines(&self, mark: usize, text: &str) -> Vec<String> {
        self.since(mark)
            .lines()
            .filter(|line| line.contains(text))
            .map(str::to_owned)
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Writer(&'static Logs);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
