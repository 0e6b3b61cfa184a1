//! The server, and each thread's link to it.

use std::fmt;
use std::sync::Arc;

use redis::{Client, Value};
use tokio::runtime::{Handle, Id};

use super::failure::{Cause, Failure};
use super::link::{Ask, Link, Target};
use super::options::Options;
use crate::backend::per_thread::PerThread;
use crate::error::SessionError;

/// The one server of a backend.
pub(super) struct Server {
    target: Arc<Target>,
    here: PerThread<Here>,
}

/// One thread's link. It belongs to a runtime: in another one that the same thread runs, nothing would drive it.
#[derive(Clone)]
struct Here {
    runtime: Id,
    link: Arc<Link>,
}

impl Server {
    pub(super) fn new(client: Client, options: Arc<Options>) -> Self {
        let name = client.get_connection_info().addr().to_string().into();
        Self {
            target: Arc::new(Target {
                name,
                client,
                options,
            }),
            here: PerThread::new(),
        }
    }

    /// Host and port.
    pub(super) fn name(&self) -> &str {
        &self.target.name
    }

    pub(super) fn failure(&self, cause: Cause) -> SessionError {
        Failure::new(&self.target.name, cause).into_error()
    }

    /// Takes one step at the server.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Value, SessionError> {
        let link = self.link()?;
        link.ask(ask).await.map_err(Failure::into_error)
    }

    /// This thread's link.
    fn link(&self) -> Result<Arc<Link>, SessionError> {
        let runtime = Handle::try_current()
            .map_err(|_| self.failure(Cause::NoRuntime))?
            .id();
        if let Some(here) = self.here.get()
            && here.runtime == runtime
        {
            return Ok(here.link);
        }
        let link = Arc::new(Link::new(self.target.clone()));
        self.here.put(Here {
            runtime,
            link: link.clone(),
        });
        Ok(link)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
