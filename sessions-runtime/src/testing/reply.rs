//! An answer as the test client received it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::set_cookie::SetCookie;

/// A complete answer: status, headers, body.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use sessions_runtime::testing::{Client, serve};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve(|app| {
///     app.route("/", web::get().to(|| async { HttpResponse::Ok().body("hello") }));
/// });
/// let reply = Client::new(&server).get("/").send().await;
/// assert_eq!(reply.status, 200);
/// assert_eq!(reply.text(), "hello");
/// assert_eq!(reply.header("content-length"), Some("5"));
/// assert!(reply.set_cookies().is_empty());
/// # });
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Every header, repeated ones included.
    pub headers: HeaderMap,
    /// The body, without transfer coding.
    pub body: Bytes,
}

impl Reply {
    /// The body as text; bytes that are not UTF-8 become replacement characters.
    ///
    /// # Examples
    ///
    /// See [`Reply`].
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, read as JSON.
    ///
    /// # Panics
    ///
    /// Where the body is no JSON of that type: this is a test helper.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{HttpResponse, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// let server = serve(|app| {
    ///     app.route("/", web::get().to(|| async { HttpResponse::Ok().json([1, 2]) }));
    /// });
    /// let reply = Client::new(&server).get("/").send().await;
    /// assert_eq!(reply.json::<Vec<u32>>(), [1, 2]);
    /// # });
    /// ```
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(err) => panic!("the body of this {} is not the expected JSON: {err}", self.status),
        }
    }

    /// The first header of this name, if it is text.
    ///
    /// # Examples
    ///
    /// See [`Reply`].
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `Set-Cookie` lines in their order, as a browser understands them; what it ignores is left out.
    ///
    /// # Examples
    ///
    /// See [`set_cookie`](Self::set_cookie).
    pub fn set_cookies(&self) -> Vec<SetCookie> {
        self.headers
            .get_all(header::SET_COOKIE)
            .filter_map(|line| SetCookie::parse(line.as_bytes()))
            .collect()
    }

    /// The first `Set-Cookie` of this name, prefix included.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{HttpResponse, web};
    /// # use sessions_runtime::testing::{Client, serve};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let server = serve(|app| {
    /// #     let line = ("set-cookie", "theme=dark; Path=/; SameSite=Lax");
    /// #     app.route("/", web::get().to(move || async move { HttpResponse::Ok().insert_header(line).finish() }));
    /// # });
    /// let reply = Client::new(&server).get("/").send().await;
    /// assert_eq!(reply.set_cookie("theme").map(|cookie| cookie.value).as_deref(), Some("dark"));
    /// assert_eq!(reply.set_cookies().len(), 1);
    /// # });
    /// ```
    pub fn set_cookie(&self, name: &str) -> Option<SetCookie> {
        self.set_cookies().into_iter().find(|cookie| cookie.name == name)
    }
}
