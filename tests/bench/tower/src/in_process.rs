//! The same application inside this process, without a connection.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Request, Response};
use bench_harness::{Requests, Work};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// An application inside this process, with a visitor's cookie.
pub struct InProcess {
    router: Router,
    cookie: HeaderValue,
    /// Whether a response may set a cookie.
    sets: bool,
}

impl InProcess {
    pub(crate) async fn new(router: Router, work: Work) -> Self {
        let mut app = Self {
            router,
            cookie: HeaderValue::from_static("none"),
            sets: work == Work::Write,
        };
        let filled = app.send("/fill").await;
        let line = filled
            .headers()
            .get(SET_COOKIE)
            .and_then(|line| line.to_str().ok())
            .expect("a cookie");
        app.cookie = HeaderValue::from_str(line.split(';').next().expect("a pair")).expect("a value");
        // Cloned once, it is shared, as the headers of a real request are: slices of one buffer.
        let _shared = app.cookie.clone();
        app
    }

    async fn send(&self, path: &'static str) -> Response<Body> {
        let request = Request::builder()
            .uri(path)
            .header(COOKIE, self.cookie.clone())
            .body(Body::empty());
        let response = self
            .router
            .clone()
            .oneshot(request.expect("a request"))
            .await
            .expect("a response");
        assert!(response.status().is_success());
        response
    }
}

impl Requests for InProcess {
    async fn request(&self) {
        let response = self.send("/").await;
        assert!(self.sets || !response.headers().contains_key(SET_COOKIE));
    }

    async fn number(&self) -> Option<u64> {
        let body = self
            .send("/number")
            .await
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        Some(
            std::str::from_utf8(&body)
                .ok()
                .and_then(|body| body.parse().ok())
                .expect("a number"),
        )
    }
}
