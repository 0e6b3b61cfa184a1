//! Middleware of others, inside and outside of ours, and without ours.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, Error, HttpResponse};
use sessions_runtime::testing::{Client, serve_app};
use sessions_runtime::{SessionMiddleware, SessionsExt};

use crate::middleware::{BACKENDS, routes};
use crate::places::COOKIE;
use crate::support::site::parts;

/// What `x-early` asks for: an answer before any handler, as a response or as an error, with a message in the session.
async fn early<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let way = request
        .headers()
        .get("x-early")
        .map(|way| way.as_bytes().to_vec());
    let Some(way) = way else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    request
        .session_store()?
        .get_session("session")
        .await?
        .add_flash("early")?;
    match &*way {
        b"error" => Err(actix_web::error::ErrorUnauthorized("early")),
        b"failure" => Err(actix_web::error::ErrorBadGateway("early")),
        _ => Ok(request
            .into_response(HttpResponse::Forbidden().finish())
            .map_into_right_body()),
    }
}

/// Throws the response away and answers with the status in `x-replace`, as caches and error pages do.
async fn replace(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let status = request
        .headers()
        .get("x-replace")
        .and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
    let request = next.call(request).await?.into_parts().0;
    Ok(ServiceResponse::new(
        request,
        HttpResponse::build(status.unwrap_or(StatusCode::NOT_MODIFIED)).finish(),
    ))
}

/// Tells in a header whether the response still knows the error it was made of.
async fn tell_error<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if let Some(err) = response.response().error() {
        let told = HeaderValue::from_str(&err.to_string()).unwrap_or(HeaderValue::from_static("?"));
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-error"), told);
    }
    Ok(response)
}

/// Uses the session before the handler does.
async fn before<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    request
        .session_store()?
        .get_session("session")
        .await?
        .insert("before", true)?;
    next.call(request).await
}

/// A server whose application `$wrap`s, on this backend.
macro_rules! wrapped {
    ($backend:expr, $($middleware:expr),+) => {{
        let (clock, _, _, builder) = parts();
        let sessions = builder.default_backend($backend).build().expect("fit settings");
        let server = serve_app(move || {
            App::new().app_data(sessions.clone()).configure(routes)$(.wrap($middleware))+
        });
        let client = Client::new(&server).with_clock(clock);
        (server, client)
    }};
}

/// T24, T25
#[actix_web::test]
async fn what_another_middleware_answers_early_is_saved() {
    for backend in BACKENDS {
        for (way, status, shown) in [
            ("response", 403, "flash/info:early"),
            ("error", 401, "flash/info:early"),
            ("failure", 502, ""),
        ] {
            let (_server, client) = wrapped!(backend, from_fn(early), SessionMiddleware::new());
            let reply = client.get("/show").header("x-early", way).send().await;
            assert_eq!(reply.status.as_u16(), status, "{backend}: {way}");
            assert_eq!(
                reply.text(),
                if way == "response" { "" } else { "early" },
                "{backend}: {way}"
            );
            assert_eq!(reply.header("vary"), Some("Cookie"), "{backend}: {way}");
            assert_eq!(client.get("/show").send().await.text(), shown, "{backend}: {way}");
        }
    }
}

/// T76
#[actix_web::test]
async fn the_outermost_session_middleware_puts_the_cookie_on_the_final_response() {
    for backend in BACKENDS {
        for (status, saved) in [("304", true), ("200", true), ("500", false)] {
            let (_server, client) = wrapped!(backend, from_fn(replace), SessionMiddleware::new());
            let reply = client.get("/annotated").header("x-replace", status).send().await;
            assert_eq!(
                (reply.status.as_str(), reply.text().as_str()),
                (status, ""),
                "{backend}"
            );
            assert_eq!(
                reply.set_cookie(COOKIE).is_some(),
                saved,
                "{backend}: {status} decides"
            );
        }
        // A failure that is replaced by a fit answer is one.
        let (_server, client) = wrapped!(backend, from_fn(replace), SessionMiddleware::new());
        let reply = client.get("/failing").header("x-replace", "200").send().await;
        assert!(reply.set_cookie(COOKIE).is_some(), "{backend}");
    }
}

/// T76
#[actix_web::test]
async fn middleware_outside_of_ours_may_change_headers_and_keeps_the_cookie() {
    for backend in BACKENDS {
        let headers = || DefaultHeaders::new().add(("x-outer", "1"));
        let (_server, client) = wrapped!(backend, SessionMiddleware::new(), headers());
        let reply = client.get("/annotated").send().await;
        assert!(
            reply.set_cookie(COOKIE).is_some() && reply.header("x-outer") == Some("1"),
            "{backend}"
        );
    }
}

/// P23
#[actix_web::test]
async fn an_error_of_the_handler_stays_visible_and_its_response_has_the_cookie() {
    for backend in BACKENDS {
        let (_server, client) = wrapped!(backend, from_fn(tell_error));
        let reply = client.get("/failing").send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.text().as_str()),
            (403, "no"),
            "{backend}"
        );
        assert_eq!(reply.header("x-error"), Some("no"), "{backend}");
        assert!(reply.set_cookie(COOKIE).is_some(), "{backend}");
        let shown = client.get("/show").send().await.text();
        assert_eq!(shown, "flash/info:written before the failure", "{backend}");
    }
}

/// T8
#[actix_web::test]
async fn middleware_extractor_and_handler_share_one_store() {
    for backend in BACKENDS {
        // The handler's glue finds the store that the middleware opened, and saves it.
        let (_server, client) = wrapped!(backend, from_fn(before));
        assert_eq!(
            client.get("/show").send().await.text(),
            "before=true",
            "{backend}"
        );
        let (_server, client) = wrapped!(backend, from_fn(before), SessionMiddleware::new());
        for path in ["/extractor", "/request", "/annotated"] {
            client.get(path).send().await;
        }
        assert_eq!(
            client.get("/show").send().await.text(),
            "before=true visits=3",
            "{backend}"
        );
    }
}
