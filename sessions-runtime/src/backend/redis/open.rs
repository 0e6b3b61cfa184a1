//! Making a connection whose end is noticed.

use std::pin::Pin;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ConnectionAddr, ConnectionInfo, RedisConnectionInfo, RedisResult};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

/// An open connection, and the task that reads and writes it.
///
/// The library would start that task, too, and not tell when it has ended. But a command that is given to a connection
/// that is over cannot be told from one whose answer was lost, and so must not be sent again.
pub(super) struct Open {
    pub(super) connection: MultiplexedConnection,
    driver: JoinHandle<()>,
}

type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Open {
    /// Connects and signs in. Whoever awaits it bounds it.
    pub(super) async fn new(info: &ConnectionInfo, config: &AsyncConnectionConfig) -> RedisResult<Self> {
        let (connection, driver) = match info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((&**host, *port)).await?;
                // A command is one small packet, which must not wait for the answer to the one before.
                stream.set_nodelay(true)?;
                sign_in(stream, info.redis_settings(), config).await?
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                sign_in(UnixStream::connect(path).await?, info.redis_settings(), config).await?
            }
            _ => {
                let unsupported = std::io::Error::from(std::io::ErrorKind::Unsupported);
                return Err(unsupported.into());
            }
        };
        Ok(Self {
            connection,
            driver: tokio::spawn(driver),
        })
    }

    /// Whether the server has closed it, or the runtime that served it is gone.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.is_finished()
    }
}

/// Closes the connection.
impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

async fn sign_in<S>(
    stream: S,
    account: &RedisConnectionInfo,
    config: &AsyncConnectionConfig,
) -> RedisResult<(MultiplexedConnection, Driver)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (connection, driver) =
        MultiplexedConnection::new_with_config(account, stream, config.clone()).await?;
    Ok((connection, Box::pin(driver)))
}
