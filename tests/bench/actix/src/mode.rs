//! The same application inside this process and over HTTP.

use std::net::TcpListener;

use actix_http::Request;
use actix_service::boxed::{self, BoxService};
use actix_service::{Service, ServiceFactory};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::{App, Error, HttpServer};
use bench_harness::{Requests, Work};

/// How an application runs.
pub(crate) trait Mode {
    /// What comes of it.
    type Done;

    async fn run<F, T, B>(self, factory: F) -> Self::Done
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static;
}

/// Over HTTP, one worker thread, until the process ends.
pub(crate) struct Http(pub(crate) TcpListener);

impl Mode for Http {
    type Done = ();

    async fn run<F, T, B>(self, factory: F)
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let server = HttpServer::new(factory)
            .workers(1)
            .listen(self.0)
            .expect("a listener");
        server.run().await.expect("a server that runs");
    }
}

/// Inside this process, without a connection.
pub(crate) struct InThisProcess {
    /// Whether the cookie keeps the session, not a server.
    pub(crate) in_cookie: bool,
    pub(crate) work: Work,
}

impl Mode for InThisProcess {
    type Done = InProcess;

    async fn run<F, T, B>(self, factory: F) -> InProcess
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let app =
            actix_service::ServiceExt::map(init_service(factory()).await, |response: ServiceResponse<B>| {
                response.map_into_boxed_body()
            });
        let app = boxed::service(app);
        let filled = app
            .call(TestRequest::get().uri("/fill").to_request())
            .await
            .expect("a response");
        let line = filled
            .headers()
            .get(header::SET_COOKIE)
            .and_then(|line| line.to_str().ok())
            .expect("a cookie");
        let cookie = HeaderValue::from_str(line.split(';').next().expect("a pair")).expect("a value");
        // Cloned once, it is shared, as the headers of a real request are: slices of one buffer.
        let _shared = cookie.clone();
        let sets = (self.in_cookie || self.work != Work::Write)
            .then_some(self.in_cookie && self.work == Work::Write);
        InProcess {
            app,
            cookie,
            sets,
            in_cookie: self.in_cookie,
        }
    }
}

/// An application inside this process, with a visitor's cookie.
pub struct InProcess {
    app: BoxService<Request, ServiceResponse<BoxBody>, Error>,
    cookie: HeaderValue,
    /// Whether each response has to set a cookie; `None` where it may.
    sets: Option<bool>,
    in_cookie: bool,
}

impl Requests for InProcess {
    async fn request(&self) {
        let request = TestRequest::default()
            .insert_header((header::COOKIE, self.cookie.clone()))
            .to_request();
        let response = self.app.call(request).await.expect("a response");
        assert!(response.status().is_success());
        if let Some(sets) = self.sets {
            assert_eq!(response.headers().contains_key(header::SET_COOKIE), sets);
        }
    }

    async fn number(&self) -> Option<u64> {
        if self.in_cookie {
            return None;
        }
        let request = TestRequest::get()
            .uri("/number")
            .insert_header((header::COOKIE, self.cookie.clone()));
        let response = self.app.call(request.to_request()).await.expect("a response");
        let body = read_body(response).await;
        Some(
            std::str::from_utf8(&body)
                .ok()
                .and_then(|body| body.parse().ok())
                .expect("a number"),
        )
    }
}
