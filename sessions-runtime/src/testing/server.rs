//! A server on a free loopback port, for as long as a test needs it.

use std::fmt;
use std::net::SocketAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::rt::System;
use actix_web::{App, Error, HttpServer, web};

/// A running server; it stops when it is dropped.
///
/// It runs on threads of its own, so that a handler cannot hold up the test, with one worker, so that requests overlap
/// at their awaits as they do in production.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use sessions_runtime::testing::serve;
///
/// let server = serve(|app| {
///     app.route("/", web::get().to(HttpResponse::Ok));
/// });
/// assert_eq!(server.url("/cart"), format!("http://{}/cart", server.address()));
/// ```
#[must_use = "the server stops when it is dropped"]
pub struct Server {
    address: SocketAddr,
    handle: ServerHandle,
}

/// Starts a server with these routes and application data.
///
/// Where the application needs middleware, use [`serve_app`].
///
/// # Panics
///
/// Where no loopback port is free: this is a test helper.
///
/// # Examples
///
/// ```
/// use actix_web::web;
/// use sessions_runtime::testing::{Client, serve};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve(|app| {
///     app.route("/", web::get().to(|| async { "hello" }));
/// });
/// assert_eq!(Client::new(&server).get("/").send().await.text(), "hello");
/// # });
/// ```
pub fn serve<F>(configure: F) -> Server
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    serve_app(move || App::new().configure(&configure))
}

/// Starts a server with the application that `factory` makes, middleware included.
///
/// # Panics
///
/// Where no loopback port is free: this is a test helper.
///
/// # Examples
///
/// ```
/// use actix_web::middleware::DefaultHeaders;
/// use actix_web::{App, web};
/// use sessions_runtime::testing::{Client, serve_app};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve_app(|| {
///     App::new().wrap(DefaultHeaders::new().add(("x-shop", "1"))).route("/", web::get().to(|| async { "" }))
/// });
/// assert_eq!(Client::new(&server).get("/").send().await.header("x-shop"), Some("1"));
/// # });
/// ```
pub fn serve_app<F, T, B>(factory: F) -> Server
where
    F: Fn() -> App<T> + Clone + Send + 'static,
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let (sender, receiver) = std::sync::mpsc::channel();
    // A runtime of its own: the server works also under a test's current-thread runtime that is busy or gone.
    std::thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(factory)
                .workers(1)
                .disable_signals()
                .shutdown_timeout(1)
                .bind("127.0.0.1:0");
            let server = server.expect("a loopback port is free");
            let address = server.addrs().into_iter().next();
            let server = server.run();
            // Nobody waits any more where the test has ended meanwhile; the dropped handle does no harm then.
            let _ = sender.send((address, server.handle()));
            server.await
        })
    });
    let (address, handle) = receiver.recv().expect("the server starts");
    Server {
        address: address.expect("the server has the address it was bound to"),
        handle,
    }
}

impl Server {
    /// Address and port.
    ///
    /// # Examples
    ///
    /// See [`Server`].
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path, which begins with a slash.
    ///
    /// # Examples
    ///
    /// See [`Server`].
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops and waits until requests in flight have ended, at most a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::testing::{Client, serve};
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let server = serve(|_| ());
    /// let client = Client::new(&server);
    /// assert_eq!(client.get("/").send().await.status, 404);
    /// server.stop().await;
    /// assert!(client.get("/").try_send().await.is_err());
    /// # });
    /// ```
    pub async fn stop(self) {
        self.handle.stop(true).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent by the call; the future would only wait for its end.
        drop(self.handle.stop(false));
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
