//! One store a request, however many take part, and one who saves it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::{Payload, Service};
use actix_web::error::{ErrorImATeapot, ErrorUnauthorized};
use actix_web::{App, FromRequest, HttpRequest, HttpResponse, get, guard, web};
use sessions_runtime::testing::{Client, Interposer, Operation, Server, serve_app};
use sessions_runtime::{
    Clock, Session, SessionError, SessionMiddleware, SessionStore, SessionsExt, with_sessions,
};

use crate::pages::{self, text};
use crate::support::site::{Site, parts};

/// Who is signed in; whoever is not gets a message.
struct User(String);

impl FromRequest for User {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = actix_web::Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let store = request.session_store();
        Box::pin(async move {
            let session = store?.get_session("session").backend("memory").await?;
            session.insert("asked", "by the extractor")?;
            let Some(name) = session.get::<String>("user")? else {
                session.add_flash("Please sign in")?;
                return Err(ErrorUnauthorized("sign in"));
            };
            Ok(Self(name))
        })
    }
}

#[with_sessions(default = "memory")]
#[get("/members")]
async fn members(user: User) -> Result<String, SessionError> {
    session.insert("handler", &user.0)?;
    Ok(format!(
        "{} {}",
        user.0,
        session.get::<String>("asked")?.unwrap_or_default()
    ))
}

/// Does not mention a session at all; its extractor does.
#[with_sessions(default = "memory")]
#[get("/members-only")]
async fn members_only(user: User) -> String {
    user.0
}

#[with_sessions(default = "memory")]
#[get("/annotated")]
async fn annotated() -> Result<HttpResponse, SessionError> {
    session.insert("handler", "yes")?;
    session_store.set_cookie("seen", "handler")?;
    Ok(HttpResponse::Ok().finish())
}

async fn plain(session: Session, store: SessionStore) -> Result<String, SessionError> {
    session.update("plain", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    store.set_cookie("seen", "plain")?;
    Ok(session.keys().join(","))
}

struct Setup {
    server: Server,
    clock: Clock,
    backend: Interposer,
}

impl Setup {
    fn client(&self) -> Client {
        Client::new(&self.server).with_clock(self.clock.clone())
    }
}

/// Everything inside `SessionMiddleware`, with a middleware between it and the handlers that takes part.
fn inside_the_middleware() -> Setup {
    let (clock, _, backend, builder) = parts();
    let sessions = builder
        .default_backend("memory")
        .build()
        .expect("the settings are fit");
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .service((members, members_only, annotated))
            .service(
                web::resource("/guarded")
                    .guard(guard::fn_guard(|request| {
                        let session = request
                            .session_store()
                            .ok()
                            .and_then(|store| store.loaded_session("session"));
                        session.is_some_and(|session| session.contains_key("user"))
                    }))
                    .to(|| async { "let in" }),
            )
            .route("/plain", web::get().to(plain))
            .configure(pages::routes)
            .wrap_fn(|request, service| {
                let store = request.session_store();
                let early = request.headers().contains_key("x-early");
                let late = request.headers().contains_key("x-late");
                let answer = service.call(request);
                async move {
                    let session = store?.get_session("session").await?;
                    if early {
                        session.add_flash("early")?;
                        return Err(ErrorImATeapot("early"));
                    }
                    let answer = answer.await?;
                    if late {
                        session.insert("late", "yes")?;
                    }
                    Ok(answer)
                }
            })
            .wrap(SessionMiddleware::new().load("session"))
    });
    Setup {
        server,
        clock,
        backend,
    }
}

/// T24, G2
#[actix_web::test]
async fn the_middleware_saves_once_for_the_handler_and_for_other_middleware() {
    let setup = inside_the_middleware();
    let client = setup.client();
    let reply = client.get("/annotated").header("x-late", "1").send().await;
    assert_eq!(reply.set_cookies().len(), 2);
    assert_eq!(setup.backend.take_operations(), [Operation::Create]);
    assert_eq!(text(&client, "/kept/keys").await, "handler,late");
    client.get("/kept/clear").send().await;
    setup.backend.take_operations();
    client.get("/annotated").header("x-late", "1").send().await;
    assert_eq!(
        setup.backend.take_operations(),
        [Operation::Load, Operation::Replace]
    );
    assert_eq!(text(&client, "/kept/keys").await, "handler,late");
}

/// T24, G2
#[actix_web::test]
async fn handlers_without_the_attribute_use_the_same_session() {
    let setup = inside_the_middleware();
    let client = setup.client();
    client.get("/annotated").send().await;
    let reply = client.get("/plain").header("x-late", "1").send().await;
    assert_eq!(reply.text(), "handler,plain");
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(client.cookie("seen").as_deref(), Some("plain"));
    assert_eq!(text(&client, "/kept/keys").await, "handler,late,plain");
}

/// T24
#[actix_web::test]
async fn the_middleware_saves_when_another_one_answered_early() {
    let setup = inside_the_middleware();
    let client = setup.client();
    let reply = client.get("/plain").header("x-early", "1").send().await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (418, "early"));
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(reply.header("vary"), Some("Cookie"));
    assert_eq!(text(&client, "/kept/flashes").await, "early");
}

/// P29
#[actix_web::test]
async fn entries_and_messages_of_a_refusing_extractor_are_saved() {
    let attribute_only = Site::new(|app| {
        app.service((members, members_only));
        pages::routes(app);
    });
    let setup = inside_the_middleware();
    for client in [attribute_only.client(), setup.client()] {
        for path in ["/members", "/members-only"] {
            let reply = client.get(path).send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (401, "sign in"),
                "{path}"
            );
            assert_eq!(text(&client, "/kept/keys").await, "asked", "{path}");
            assert_eq!(text(&client, "/kept/flashes").await, "Please sign in", "{path}");
        }
        client.get("/kept/login/ada").send().await;
        assert_eq!(text(&client, "/members-only").await, "ada");
        assert_eq!(text(&client, "/members").await, "ada by the extractor");
        assert_eq!(text(&client, "/kept/keys").await, "asked,handler,user");
    }
}

/// P29
#[actix_web::test]
async fn extractor_and_handler_share_one_load_and_one_save() {
    let site = Site::new(|app| {
        app.service((members, members_only));
        pages::routes(app);
    });
    let client = site.client();
    client.get("/kept/login/ada").send().await;
    site.backend.take_operations();
    assert_eq!(text(&client, "/members").await, "ada by the extractor");
    assert_eq!(
        site.backend.take_operations(),
        [Operation::Load, Operation::Replace]
    );
    client.get("/kept/clear").send().await;
    client.get("/kept/login/ada").send().await;
    site.backend.take_operations();
    assert_eq!(text(&client, "/members-only").await, "ada");
    assert_eq!(
        site.backend.take_operations(),
        [Operation::Load, Operation::Replace]
    );
}

/// T24
#[actix_web::test]
async fn guards_see_sealed_sessions_and_what_the_middleware_loaded() {
    let setup = inside_the_middleware();
    let client = setup.client();
    assert_eq!(client.get("/guarded").send().await.status, 404);
    client.get("/kept/login/ada").send().await;
    assert_eq!(text(&client, "/guarded").await, "let in");

    let site = Site::new(|app| {
        let sealed = |request: &guard::GuardContext<'_>| {
            let session = request
                .session_store()
                .ok()
                .and_then(|store| store.loaded_session("session"));
            session.is_some_and(|session| session.contains_key("user"))
        };
        app.service(
            web::resource("/guarded")
                .guard(guard::fn_guard(sealed))
                .to(|| async { "let in" }),
        );
        app.service(
            web::resource("/kept-without-middleware")
                .guard(guard::fn_guard(|request| {
                    request
                        .session_store()
                        .is_ok_and(|store| store.loaded_session("elsewhere").is_none())
                }))
                .to(|| async { "not loaded" }),
        );
        pages::routes(app);
    });
    let client = site.client();
    assert_eq!(client.get("/guarded").send().await.status, 404);
    client.get("/sealed/login/ada").send().await;
    assert_eq!(text(&client, "/guarded").await, "let in");
}
