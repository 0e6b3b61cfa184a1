//! Other middleware that replaces responses or fails, on either side of `SessionMiddleware`.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, ResponseError};
use sessions_runtime::testing::{Client, Server, serve_app};
use sessions_runtime::{Clock, SessionMiddleware, Sessions, SessionsExt};

use crate::pages::{self, COOKIE, id_of, text};
use crate::support::logs;
use crate::support::site::parts;

/// Does what its header says to the answer of what is inside of it.
async fn meddle(
    request: actix_web::dev::ServiceRequest,
    next: actix_web::middleware::Next<impl MessageBody + 'static>,
) -> actix_web::Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>> {
    let order = request
        .headers()
        .get("x-meddle")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_owned();
    if order == "401-before" {
        let session = request
            .session_store()?
            .get_session("session")
            .backend("memory")
            .await?;
        session.add_flash("Please sign in")?;
        return Err(ErrorUnauthorized("sign in"));
    }
    let answer = next.call(request).await?;
    let replaced = match order.as_str() {
        "304" => HttpResponse::NotModified().finish(),
        "page" => HttpResponse::NotFound().body("a nicer page"),
        "500" => HttpResponse::InternalServerError().finish(),
        "403-after" => return Err(Refused { sets: None }.into()),
        "403-cookie" => {
            return Err(Refused {
                sets: Some(COOKIE_OF_ITS_OWN),
            }
            .into());
        }
        _ => return Ok(answer.map_into_left_body()),
    };
    Ok(answer.into_response(replaced).map_into_right_body())
}

/// A line with the name of the sealed session's cookie.
const COOKIE_OF_ITS_OWN: &str = "__Host-session=own; Path=/; Secure; HttpOnly; SameSite=Lax";

/// An error with a response of its own, and with a cookie.
#[derive(Debug)]
struct Refused {
    sets: Option<&'static str>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::FORBIDDEN
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::Forbidden();
        answer
            .insert_header(("x-own", "1"))
            .insert_header(("cache-control", "private"));
        for line in self
            .sets
            .into_iter()
            .chain(self.sets.map(|_| "other=own; Path=/; Secure; SameSite=Lax"))
        {
            answer.append_header(("set-cookie", line));
        }
        answer.body("own")
    }
}

fn sessions() -> (Clock, Sessions) {
    let (clock, _, _, builder) = parts();
    (clock, builder.build().expect("the settings are fit"))
}

/// Sessions outermost: the last `wrap`.
fn outermost() -> (Server, Clock) {
    let (clock, sessions) = sessions();
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .configure(pages::routes)
            .wrap(from_fn(meddle))
            .wrap(SessionMiddleware::new())
    });
    (server, clock)
}

/// Sessions inside of the other one.
fn innermost() -> (Server, Clock) {
    let (clock, sessions) = sessions();
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .configure(pages::routes)
            .wrap(SessionMiddleware::new())
            .wrap(from_fn(meddle))
    });
    (server, clock)
}

/// The attribute alone.
fn without() -> (Server, Clock) {
    let (clock, sessions) = sessions();
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .configure(pages::routes)
            .wrap(from_fn(meddle))
    });
    (server, clock)
}

/// T76, T24
#[actix_web::test]
async fn outermost_the_cookie_is_on_the_final_response_whatever_replaced_it() {
    let (server, clock) = outermost();
    for place in ["sealed", "kept"] {
        for (order, status) in [("304", 304), ("page", 404), ("403-after", 403)] {
            let client = Client::new(&server).with_clock(clock.clone());
            let set = client
                .get(&format!("/{place}/answer/200"))
                .header("x-meddle", order);
            let reply = set.send().await;
            assert_eq!(reply.status, status, "{place} {order}");
            assert_eq!(reply.set_cookies().len(), 2, "{place} {order}");
            assert_eq!(reply.header("vary"), Some("Cookie"), "{place} {order}");
            assert_eq!(
                text(&client, &format!("/{place}/keys")).await,
                "changed",
                "{place} {order}"
            );
            assert_eq!(
                text(&client, &format!("/{place}/flashes")).await,
                "changed",
                "{place} {order}"
            );
        }
    }
}

/// T76
/// The status that decides is the one that the outermost sees.
#[actix_web::test]
async fn outermost_a_replacing_500_saves_nothing() {
    let (server, clock) = outermost();
    for place in ["sealed", "kept"] {
        let client = Client::new(&server).with_clock(clock.clone());
        client.get(&format!("/{place}/set/before/1")).send().await;
        let reply = client
            .get(&format!("/{place}/answer/200"))
            .header("x-meddle", "500")
            .send()
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.set_cookies().len()),
            (500, 0),
            "{place}"
        );
        assert_eq!(
            text(&client, &format!("/{place}/keys")).await,
            "before",
            "{place}"
        );
    }
}

/// T76
/// The documented other order: what was saved is saved, and the cookie went with the response that was thrown away.
#[actix_web::test]
async fn inside_of_a_replacing_middleware_values_are_saved_and_cookies_are_lost() {
    for (server, clock) in [innermost(), without()] {
        for order in ["304", "page", "403-after", "500"] {
            let client = Client::new(&server).with_clock(clock.clone());
            client.get("/kept/set/before/1").send().await;
            let id = id_of(&client);
            let reply = client
                .get("/kept/set/changed/1")
                .header("x-meddle", order)
                .send()
                .await;
            assert!(reply.set_cookies().is_empty(), "{order}");
            assert_eq!(id_of(&client), id);
            assert_eq!(text(&client, "/kept/keys").await, "before,changed", "{order}");
            // A new session's cookie is lost with the response.
            let stranger = Client::new(&server).with_clock(clock.clone());
            stranger
                .get("/kept/set/changed/1")
                .header("x-meddle", order)
                .send()
                .await;
            assert_eq!(stranger.cookie(COOKIE), None, "{order}");
        }
    }
}

/// T76, T24
#[actix_web::test]
async fn a_message_set_before_a_401_survives_where_sessions_are_outermost() {
    let log = logs::capture();
    let (server, clock) = outermost();
    let client = Client::new(&server).with_clock(clock);
    let reply = client
        .get("/kept/keys")
        .header("x-meddle", "401-before")
        .send()
        .await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (401, "sign in"));
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(text(&client, "/kept/flashes").await, "Please sign in");

    let (server, clock) = innermost();
    let client = Client::new(&server).with_clock(clock);
    let mark = log.mark();
    let reply = client
        .get("/kept/keys")
        .header("x-meddle", "401-before")
        .send()
        .await;
    assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (401, 0));
    assert!(
        !log.lines(mark, "changes of a session are lost").is_empty(),
        "never silently"
    );
}

/// T76
/// An inner error keeps its own answer, and gets the cookies too.
#[actix_web::test]
async fn an_error_of_inner_middleware_keeps_its_own_headers_and_body() {
    let (server, clock) = outermost();
    let client = Client::new(&server).with_clock(clock);
    let reply = client
        .get("/sealed/set/a/1")
        .header("x-meddle", "403-after")
        .send()
        .await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (403, "own"));
    assert_eq!(reply.header("x-own"), Some("1"));
    assert_eq!(reply.set_cookies().len(), 1);
    let caching: Vec<_> = reply.headers.get_all("cache-control").collect();
    assert_eq!(
        caching,
        ["private"],
        "what the answer says about caching stays as it is"
    );
}

/// S27
#[actix_web::test]
async fn a_cookie_of_an_inner_error_makes_room_for_the_sessions() {
    let (server, clock) = outermost();
    let client = Client::new(&server).with_clock(clock);
    let reply = client
        .get("/sealed/set/a/1")
        .header("x-meddle", "403-cookie")
        .send()
        .await;
    assert_eq!(reply.status.as_u16(), 403);
    let mut names: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(|cookie| cookie.name)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["__Host-session", "other"]);
    assert_eq!(text(&client, "/sealed/keys").await, "a");
}

/// P23
/// The error a handler returned is still there for middleware that looks for it.
#[actix_web::test]
async fn a_handlers_error_stays_visible_to_middleware() {
    let (clock, sessions) = sessions();
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .configure(pages::routes)
            .wrap_fn(|request, service| {
                let answer = service.call(request);
                async move {
                    let mut answer = answer.await?;
                    let seen = answer.response().error().map(ToString::to_string);
                    if let Some(Ok(seen)) = seen.map(actix_web::http::header::HeaderValue::try_from) {
                        answer
                            .headers_mut()
                            .insert(actix_web::http::header::HeaderName::from_static("x-error"), seen);
                    }
                    Ok(answer)
                }
            })
    });
    let client = Client::new(&server).with_clock(clock);
    let reply = client.get("/kept/fail/403").send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("x-error")),
        (403, Some("refused"))
    );
    assert_eq!(reply.set_cookies().len(), 2);
}
