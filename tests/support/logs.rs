//! Everything the process logs, so that tests can look for what must be there and what must not.

use std::fs::File;
use std::io::{self, Write};
use std::panic;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use sessions_runtime::testing::watch_replies;
use tracing_subscriber::filter::LevelFilter;

use super::evidence;

/// The log of this test binary. Its tests share it: look for names that only one test uses, or from a [`mark`](Self::mark).
#[derive(Debug)]
pub struct Logs {
    written: Mutex<Vec<u8>>,
    /// The same, for `tests/checks/logs`.
    file: Option<File>,
}

/// Starts to collect at every level, once for the binary, and gives the log. Panics are part of it, and the cookies of all
/// answers become evidence.
pub fn capture() -> &'static Logs {
    static LOGS: OnceLock<&'static Logs> = OnceLock::new();
    LOGS.get_or_init(|| {
        let logs: &'static Logs = Box::leak(Box::new(Logs {
            written: Mutex::default(),
            file: evidence::file("log"),
        }));
        let writer = move || Writer(logs);
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(writer)
            .init();
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if let Some(mut file) = logs.file.as_ref() {
                // A panic must not panic.
                let _ = writeln!(file, "{info}");
            }
            usual(info);
        }));
        watch_replies(|reply| {
            for cookie in reply.set_cookies() {
                evidence::note("cookie", &cookie.value);
            }
        });
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
        // First the file: one call a line, so that lines of several threads stay whole.
        if let Some(mut file) = self.0.file.as_ref() {
            file.write_all(bytes)?;
        }
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
