//! Who reads: the worker by itself, and where it cannot at once, a blocking task.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use r2d2::Pool;
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::failure::{Failure, Result};
use super::file;
use super::presence::Presence;
use super::settings::Settings;
use crate::backend::per_thread::PerThread;
use crate::error::ErrorKind;

/// All connections that read.
///
/// A read on the worker's own connection takes a few microseconds, less than it takes to hand it over. Where this
/// connection is not open yet, or SQLite says that the file is locked for the moment, a blocking task takes over, so
/// that no worker ever waits: not for a file to open, not for a lock, not for a connection of the pool.
pub(super) struct Readers {
    own: PerThread<Own>,
    pool: OnceLock<Pool<Connections>>,
    connections: Connections,
}

/// What a worker has.
enum Own {
    Open(Connection),
    /// A task of this worker's is opening it. Dead where that task was dropped.
    Opening(Weak<()>),
}

/// How the pool makes its connections.
#[derive(Clone)]
struct Connections {
    settings: Arc<Settings>,
    presence: Arc<Presence>,
}

impl Readers {
    pub(super) fn new(settings: Arc<Settings>, presence: Arc<Presence>) -> Self {
        Self {
            own: PerThread::new(),
            pool: OnceLock::new(),
            connections: Connections { settings, presence },
        }
    }

    /// Reads, at once if possible.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl Fn(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.connections.presence.last_seen()?;
        match self.own.take() {
            Some(Own::Open(connection)) => match read(&connection) {
                Err(failure) if failure.is_busy() => {
                    self.own.put(Own::Open(connection));
                    self.read_pooled(read).await
                }
                // Not put back: whatever is wrong may be with the connection.
                Err(failure) => Err(failure),
                Ok(answer) => {
                    self.own.put(Own::Open(connection));
                    Ok(answer)
                }
            },
            Some(Own::Opening(task)) if task.strong_count() > 0 => {
                self.own.put(Own::Opening(task));
                self.read_pooled(read).await
            }
            _ => self.read_first(read).await,
        }
    }

    /// Opens the worker's own connection and reads with it, in a blocking task.
    async fn read_first<T: Send + 'static>(
        &self,
        read: impl Fn(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let opening = Arc::new(());
        self.own.put(Own::Opening(Arc::downgrade(&opening)));
        let connections = self.connections.clone();
        let (connection, answer) = self
            .hand_over(move || {
                let connection = connections.open()?;
                let answer = read(&connection)?;
                // From now on it is used where nobody may wait.
                connection.busy_timeout(Duration::ZERO)?;
                Ok((connection, answer))
            })
            .await?;
        self.own.put(Own::Open(connection));
        Ok(answer)
    }

    /// Reads with a connection of the pool, in a blocking task.
    pub(super) async fn read_pooled<T: Send + 'static>(
        &self,
        read: impl Fn(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.connections.presence.last_seen()?;
        let pool = self.pool().clone();
        self.hand_over(move || {
            let connection = pool.get().map_err(|err| unavailable(&pool, &err))?;
            read(&connection)
        })
        .await
    }

    /// Runs on a thread that may wait. The wait for such a thread is bounded as well.
    async fn hand_over<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime = Handle::try_current().map_err(|err| Failure::outside().because(err))?;
        match timeout(self.connections.settings.timeout, runtime.spawn_blocking(task)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(err)) => {
                Err(Failure::new(ErrorKind::Backend, "reading the session database was cut off").because(err))
            }
            Err(_) => Err(Failure::new(
                ErrorKind::Busy,
                "the session database was not read within `timeout`: all blocking threads are occupied, or the disk \
                 does not answer",
            )),
        }
    }

    /// Made when it is needed first: most servers never do.
    fn pool(&self) -> &Pool<Connections> {
        self.pool.get_or_init(|| {
            let settings = &self.connections.settings;
            Pool::builder()
                .max_size(settings.read_connections)
                // None is opened ahead: few are needed. And a local file has nothing to be tested.
                .min_idle(Some(0))
                .test_on_check_out(false)
                .connection_timeout(settings.busy_timeout)
                .build_unchecked(self.connections.clone())
        })
    }
}

/// Why the pool gave no connection: all are in use, or none could be opened.
fn unavailable(pool: &Pool<Connections>, err: &r2d2::Error) -> Failure {
    if pool.state().connections > 0 {
        return Failure::new(
            ErrorKind::Busy,
            "all connections that read the session database were in use for longer than `busy_timeout`: raise \
             `read_connections`",
        )
        .because(err);
    }
    Failure::new(
        ErrorKind::Unavailable,
        "the session database cannot be opened: check the path, and the limit of open files",
    )
    .because(err)
}

impl Connections {
    fn open(&self) -> Result<Connection> {
        // Before, because it says best what is wrong; after, because only the file that the writer has open is ours.
        self.presence.check()?;
        let connection = file::for_reading(&self.settings)?;
        self.presence.check()?;
        Ok(connection)
    }
}

impl r2d2::ManageConnection for Connections {
    type Connection = Connection;
    type Error = Failure;

    fn connect(&self) -> Result<Connection> {
        self.open()
    }

    /// A local file has nothing to be tested.
    fn is_valid(&self, _: &mut Connection) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

#[cfg(test)]
#[path = "readers_tests.rs"]
mod tests;
