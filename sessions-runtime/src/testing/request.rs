//! A request of the test client, from its parts to its answer.

use std::fmt::Write as _;
use std::io;

use actix_web::http::{Method, StatusCode, header};
use serde::Serialize;

use super::check::check_set_cookies;
use super::client::Client;
use super::reply::Reply;
use super::{watch, wire};

const MAX_REDIRECTS: usize = 10;

/// A request that is about to be sent, with the cookies of its client.
///
/// Nothing is validated or escaped on the way out: tests send what attackers send.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpRequest, web};
/// use sessions_runtime::testing::{Client, serve};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve(|app| {
///     app.route("/", web::get().to(|request: HttpRequest| async move {
///         let lines = request.headers().get_all("cookie").map(|line| line.to_str().unwrap_or("?").to_owned());
///         lines.collect::<Vec<_>>().join(" | ")
///     }));
/// });
/// let client = Client::new(&server);
/// client.set_raw_cookie("a", "1");
/// assert_eq!(client.get("/").send().await.text(), "a=1");
/// assert_eq!(client.get("/").cookie_header("b=2").cookie_header("c=3").send().await.text(), "b=2 | c=3");
/// assert_eq!(client.get("/").no_cookies().send().await.text(), "");
/// # });
/// ```
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct Request {
    client: Client,
    method: Method,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    cookies: Cookies,
    checked: bool,
    follow: bool,
}

#[derive(Debug)]
enum Cookies {
    FromJar,
    /// Lines of their own; the jar is neither read nor changed.
    Raw(Vec<Vec<u8>>),
}

impl Request {
    pub(crate) fn new(client: Client, method: Method, path: &str) -> Self {
        Self {
            client,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            cookies: Cookies::FromJar,
            checked: true,
            follow: false,
        }
    }

    /// Adds a header line; one given twice is sent twice. `Host` and `Connection` replace the ones sent otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{HttpRequest, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| {
    /// #     app.route("/", web::get().to(|request: HttpRequest| async move {
    /// #         request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or("?").to_owned()
    /// #     }));
    /// # });
    /// let reply = Client::new(&server).get("/").header("host", "shop.example").send().await;
    /// assert_eq!(reply.text(), "shop.example");
    /// # });
    /// ```
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Sends this `Cookie` line in place of the jar's, and leaves the jar alone; given twice, two lines are sent.
    ///
    /// # Examples
    ///
    /// See [`Request`].
    pub fn cookie_header(mut self, line: impl AsRef<[u8]>) -> Self {
        let line = line.as_ref().to_vec();
        match &mut self.cookies {
            Cookies::FromJar => self.cookies = Cookies::Raw(vec![line]),
            Cookies::Raw(lines) => lines.push(line),
        }
        self
    }

    /// Sends no cookies, and leaves the jar alone.
    ///
    /// # Examples
    ///
    /// See [`Request`].
    pub fn no_cookies(mut self) -> Self {
        self.cookies = Cookies::Raw(Vec::new());
        self
    }

    /// Sends this body.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::web;
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| { app.route("/", web::post().to(|body: String| async { body })); });
    /// let client = Client::new(&server);
    /// assert_eq!(client.post("/").body("hello").send().await.text(), "hello");
    /// assert_eq!(client.post("/").json(&[1, 2]).send().await.text(), "[1,2]");
    /// # });
    /// ```
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    ///
    /// Where the value has no JSON form: this is a test helper.
    ///
    /// # Examples
    ///
    /// See [`body`](Self::body).
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.header("content-type", "application/json").body(body),
            Err(err) => panic!("the value cannot be sent as JSON: {err}"),
        }
    }

    /// Sends fields as a browser's form does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::web;
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # type Fields = web::Form<std::collections::BTreeMap<String, String>>;
    /// # let server = serve(|app| {
    /// #     app.route("/", web::post().to(|form: Fields| async move { format!("{:?}", form.values()) }));
    /// # });
    /// let reply = Client::new(&server).post("/").form(&[("name", "a b&c")]).send().await;
    /// assert_eq!(reply.text(), r#"["a b&c"]"#);
    /// # });
    /// ```
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"))
    }

    /// Accepts an answer whose `Set-Cookie` lines break the rules, such as one with cookies of the application's own, or of
    /// another domain.
    ///
    /// # Examples
    ///
    /// See [`check_set_cookies`](super::check_set_cookies).
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    /// Follows up to ten redirects on the same server, as browsers do: a 301, 302 or 303 becomes a GET.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{Responder, web};
    /// # use actix_web::web::Redirect;
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| {
    /// #     app.route("/buy", web::post().to(|| async { Redirect::to("/cart").see_other() }));
    /// #     app.route("/cart", web::get().to(|| async { "your cart" }));
    /// # });
    /// let client = Client::new(&server);
    /// assert_eq!(client.post("/buy").send().await.status, 303);
    /// assert_eq!(client.post("/buy").follow().send().await.text(), "your cart");
    /// # });
    /// ```
    pub fn follow(mut self) -> Self {
        self.follow = true;
        self
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Panics
    ///
    /// Where there is no complete answer, its `Set-Cookie` lines break the rules, a removal would remove nothing, or a
    /// browser would ignore a cookie: this is a test helper.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub async fn send(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        match self.try_send().await {
            Ok(reply) => reply,
            Err(err) => panic!("{what}: {err}"),
        }
    }

    /// Sends the request, for tests in which the server may stop or a handler panics.
    ///
    /// # Errors
    ///
    /// Where the server cannot be reached, closes before its answer is complete, or does not answer within a minute.
    ///
    /// # Panics
    ///
    /// Where the `Set-Cookie` lines of the answer break the rules, as with [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// See [`Server::stop`](super::Server::stop).
    pub async fn try_send(mut self) -> io::Result<Reply> {
        for _ in 0..MAX_REDIRECTS {
            let reply =
                wire::exchange(self.client.address, &self.bytes(), self.method == Method::HEAD).await?;
            watch::seen(&reply);
            self.take_cookies(&reply);
            match reply.header(header::LOCATION.as_str()) {
                Some(location) if self.follow && reply.status.is_redirection() => {
                    let location = location.to_owned();
                    self.redirect(reply.status, &location)?;
                }
                _ => return Ok(reply),
            }
        }
        Err(io::Error::other("too many redirects"))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                head.extend_from_slice(part);
            }
        };
        let given = |name: &str| {
            self.headers
                .iter()
                .any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        if !given("host") {
            line("host", self.client.origin.authority.as_bytes());
        }
        if !given("connection") {
            line("connection", b"close");
        }
        match &self.cookies {
            Cookies::FromJar => {
                if let Some(cookies) = self.client.cookie_header(&self.path) {
                    line("cookie", cookies.as_bytes());
                }
            }
            Cookies::Raw(lines) => lines.iter().for_each(|cookies| line("cookie", cookies)),
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        if !self.body.is_empty() && !given("content-length") && !given("transfer-encoding") {
            line("content-length", self.body.len().to_string().as_bytes());
        }
        head.extend_from_slice(b"\r\n");
        head.extend_from_slice(&self.body);
        head
    }

    /// Checks the answer's cookies and puts them into the jar.
    fn take_cookies(&self, reply: &Reply) {
        let (what, now) = (format!("{} {}", self.method, self.path), self.client.clock.now());
        if self.checked
            && let Err(fault) = check_set_cookies(reply)
        {
            panic!("{what}: {fault}");
        }
        if matches!(self.cookies, Cookies::Raw(_)) {
            return;
        }
        let path = self.path.split('?').next().unwrap_or_default();
        for cookie in reply.set_cookies() {
            let fault = self
                .client
                .jar()
                .removal_fault(&cookie, &self.client.origin, path);
            if let Some(fault) = fault.filter(|_| self.checked && cookie.is_removal()) {
                panic!(
                    "{what}: the removal of `{}` has another {fault} than the cookie",
                    cookie.name
                );
            }
            let name = cookie.name.clone();
            let kept = self.client.jar().store(cookie, &self.client.origin, path, now);
            // Over plain http to another host, `Secure` cookies are lost on purpose; the library logs it.
            assert!(
                kept || !self.checked || !self.client.origin.secure,
                "{what}: a browser ignores the cookie `{name}`: it is for another domain"
            );
        }
    }

    fn redirect(&mut self, status: StatusCode, location: &str) -> io::Result<()> {
        let own = location
            .strip_prefix(&format!("http://{}", self.client.origin.authority))
            .unwrap_or(location);
        if !own.starts_with('/') || own.starts_with("//") {
            return Err(io::Error::other("the redirect leaves the server or is relative"));
        }
        own.clone_into(&mut self.path);
        if matches!(status.as_u16(), 301..=303) {
            if self.method != Method::HEAD {
                self.method = Method::GET;
            }
            self.body.clear();
            self.headers
                .retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
        }
        Ok(())
    }
}

/// The escapes of `application/x-www-form-urlencoded`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
            escaped.push(char::from(byte));
        } else if byte == b' ' {
            escaped.push('+');
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
