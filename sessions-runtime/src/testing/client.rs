//! A client that keeps cookies as a browser does, for tests over real HTTP.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::Method;

use crate::clock::Clock;

use super::jar::Jar;
use super::origin::Origin;
use super::request::Request;
use super::server::Server;

/// A browser with one cookie jar.
///
/// Cookies are parsed, stored, sent and dropped by RFC 6265bis, `Secure` ones also over plain http to loopback, as
/// Chromium does. Redirects are followed only on request. Each answer is checked by
/// [`check_set_cookies`](super::check_set_cookies), and each removal is compared with the cookie it is meant for.
///
/// A clone is a second tab: it shares the jar. A [`fork`](Self::fork) has a copy of it, as a thief would.
///
/// # Limitations
///
/// No TLS, no public suffixes, no cross-site requests, one connection per request.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse, web};
/// use sessions_runtime::testing::{Client, serve};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve(|app| {
///     app.route("/", web::get().to(|request: HttpRequest| async move {
///         let seen = request.cookie("seen").is_some();
///         HttpResponse::Ok()
///             .insert_header(("set-cookie", "seen=yes; Path=/; SameSite=Lax"))
///             .body(if seen { "again" } else { "first" })
///     }));
/// });
/// let client = Client::new(&server);
/// assert_eq!(client.get("/").send().await.text(), "first");
/// assert_eq!(client.get("/").send().await.text(), "again");
/// assert_eq!(client.cookie("seen").as_deref(), Some("yes"));
/// # });
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) origin: Origin,
    pub(crate) clock: Clock,
    jar: Arc<Mutex<Jar>>,
}

impl Client {
    /// A fresh browser in front of this server.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub fn new(server: &Server) -> Self {
        let address = server.address();
        Self {
            address,
            origin: Origin::of(address),
            clock: Clock::system(),
            jar: Arc::default(),
        }
    }

    /// A fresh browser in front of a server that something else started, such as an example program.
    ///
    /// # Panics
    ///
    /// Where the text is not `http://host:port` or the host is unknown: this is a test helper.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|_| ());
    /// # let url = server.url("");
    /// let client = Client::for_origin(&url);
    /// assert_eq!(client.get("/nowhere").send().await.status, 404);
    /// # });
    /// ```
    #[track_caller]
    pub fn for_origin(origin: &str) -> Self {
        let parsed = Origin::parse(origin);
        let address = parsed
            .as_ref()
            .and_then(|parsed| parsed.authority.to_socket_addrs().ok()?.next());
        let (Some(origin), Some(address)) = (parsed, address) else {
            panic!("`{origin}` is not the `http://host:port` of a server");
        };
        Self {
            address,
            origin,
            clock: Clock::system(),
            jar: Arc::default(),
        }
    }

    /// The same browser at another address: what it sends still goes to this server, but with this `Host`, and cookies
    /// are kept as for this URL. `https` is only claimed.
    ///
    /// # Panics
    ///
    /// Where the text is not a scheme and a host: this is a test helper.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{HttpResponse, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| {
    /// #     let line = ("set-cookie", "theme=dark; Path=/; Domain=shop.example; SameSite=Lax");
    /// #     app.route("/", web::get().to(move || async move { HttpResponse::Ok().insert_header(line).finish() }));
    /// # });
    /// let shop = Client::new(&server).at("https://www.shop.example");
    /// shop.get("/").send().await;
    /// assert_eq!(shop.at("https://api.shop.example").cookie_header("/").as_deref(), Some("theme=dark"));
    /// assert_eq!(shop.at("https://other.example").cookie_header("/"), None);
    /// # });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn at(&self, origin: &str) -> Self {
        match Origin::parse(origin) {
            Some(origin) => Self {
                origin,
                ..self.clone()
            },
            None => panic!("`{origin}` is not a scheme and a host"),
        }
    }

    /// The same browser, with cookies that age by this clock.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{HttpResponse, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # use sessions_runtime::{Clock, Timestamp};
    /// # use std::time::Duration;
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| {
    /// #     let line = ("set-cookie", "theme=dark; Path=/; Max-Age=60; SameSite=Lax");
    /// #     app.route("/", web::get().to(move || async move { HttpResponse::Ok().insert_header(line).finish() }));
    /// # });
    /// let clock = Clock::manual(Timestamp::from_unix(1_000));
    /// let client = Client::new(&server).with_clock(clock.clone());
    /// client.get("/").send().await;
    /// clock.advance(Duration::from_secs(60));
    /// assert_eq!(client.cookie("theme"), None);
    /// # });
    /// ```
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts a GET of a path, which begins with a slash and may have a query.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// Starts a POST.
    ///
    /// # Examples
    ///
    /// See [`Request::form`].
    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// Starts a request of any method.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{http::Method, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| { app.route("/", web::head().to(|| async { "hello" })); });
    /// let reply = Client::new(&server).request(Method::HEAD, "/").send().await;
    /// assert_eq!((reply.header("content-length"), reply.text().as_str()), (Some("5"), ""));
    /// # });
    /// ```
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.clone(), method, path)
    }

    /// The value of a living cookie, by its name on the wire, prefix included.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name, self.clock.now()).map(str::to_owned)
    }

    /// The `Cookie` header that a request for this path would have.
    ///
    /// # Examples
    ///
    /// See [`at`](Self::at).
    pub fn cookie_header(&self, path: &str) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        self.jar().header(&self.origin, path, self.clock.now())
    }

    /// Puts a value into the jar: into the cookie of this name, whose attributes stay, or else into a new one for this
    /// host. For forged, stolen and broken cookies.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Client, serve};
    /// let server = serve(|_| ());
    /// let client = Client::new(&server);
    /// client.set_raw_cookie("__Host-session", "forged");
    /// assert_eq!(client.cookie_header("/").as_deref(), Some("__Host-session=forged"));
    /// client.remove_cookie("__Host-session");
    /// assert_eq!(client.cookie_header("/"), None);
    /// ```
    pub fn set_raw_cookie(&self, name: &str, value: &str) {
        self.jar().plant(name, value, &self.origin);
    }

    /// Forgets the cookies of this name, as browsers do when the jar is full.
    ///
    /// # Examples
    ///
    /// See [`set_raw_cookie`](Self::set_raw_cookie).
    pub fn remove_cookie(&self, name: &str) {
        self.jar().forget(name);
    }

    /// Another browser with a copy of these cookies.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::testing::{Client, serve};
    /// let server = serve(|_| ());
    /// let victim = Client::new(&server);
    /// victim.set_raw_cookie("id", "1");
    /// let thief = victim.fork();
    /// victim.clear();
    /// assert_eq!((victim.cookie("id"), thief.cookie("id").as_deref()), (None, Some("1")));
    /// ```
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            jar: Arc::new(Mutex::new(self.jar().clone())),
            ..self.clone()
        }
    }

    /// Forgets every cookie.
    ///
    /// # Examples
    ///
    /// See [`fork`](Self::fork).
    pub fn clear(&self) {
        *self.jar() = Jar::default();
    }

    /// The jar, for the length of one synchronous step. A test that panicked with it leaves it whole.
    pub(crate) fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
