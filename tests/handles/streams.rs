//! Bodies that stream, and write to the session while they do.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use futures_util::stream;
use sessions_runtime::testing::serve_app;
use sessions_runtime::{Session, SessionError, SessionMiddleware, SessionsExt, with_sessions};

use crate::pages::{self, COOKIE, Desk, count_up, text};
use crate::support::site::{Site, parts};

/// Ten parts, each of which counts.
#[with_sessions(default = "memory")]
#[get("/stream")]
async fn stream_of_ten() -> Result<HttpResponse, SessionError> {
    session.insert("began", "yes")?;
    let handle = session.handle()?;
    let parts = stream::unfold((handle, 0), |(handle, sent)| async move {
        if sent == 10 {
            return None;
        }
        let part = count_up(&handle, "parts")
            .await
            .map(|n| Bytes::from(format!("{n} ")));
        Some((part, (handle, sent + 1)))
    });
    Ok(HttpResponse::Ok().streaming(Box::pin(parts)))
}

/// The body reads what other requests write while it streams.
#[with_sessions(default = "memory")]
#[get("/listen")]
async fn listen(
    session: &Session,
    gate: web::Data<crate::support::gate::Gate>,
) -> Result<HttpResponse, SessionError> {
    session.insert("began", "yes")?;
    let handle = session.handle()?;
    let parts = stream::unfold((handle, 0), move |(handle, sent)| {
        let gate = gate.clone();
        async move {
            if sent == 2 {
                return None;
            }
            gate.pass().await;
            let part = handle
                .read(|session| session.get::<String>("news"))
                .await
                .map(|news| Bytes::from(format!("{news:?} ")));
            Some((part, (handle, sent + 1)))
        }
    });
    Ok(HttpResponse::Ok().streaming(Box::pin(parts)))
}

/// T4
/// On the first visit too: the head of the answer has the cookie, and each part of the body adds to the session.
#[actix_web::test]
async fn a_body_writes_to_its_session_while_it_streams() {
    let desk = Desk::default();
    let site = Site::new(move |app| {
        app.service(stream_of_ten);
        pages::routes(app, &desk);
    });
    let client = site.client();
    for visit in 1..=2 {
        let reply = client.get("/stream").send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.set_cookie(COOKIE).is_some(), visit == 1);
        assert_eq!(reply.text().split_whitespace().count(), 10);
        assert_eq!(text(&client, "/count/parts").await, (visit * 10).to_string());
    }
    assert_eq!(text(&client, "/keys").await, "began,parts");
    assert_eq!(site.memory.len(), 1);
}

/// C1
#[actix_web::test]
async fn a_body_sees_what_other_requests_write_while_it_streams() {
    let gate = crate::support::gate::Gate::new();
    let data = web::Data::new(gate.clone());
    let desk = Desk::default();
    let site = Site::new(move |app| {
        app.app_data(data.clone()).service(listen);
        pages::routes(app, &desk);
    });
    let client = site.client();
    client.get("/set/a/1").send().await;
    let listening = actix_web::rt::spawn(client.get("/listen").send());
    gate.arrived().await;
    gate.open();
    gate.arrived().await;
    client.get("/set/news/some").send().await;
    gate.open();
    let reply = listening.await.expect("the request is answered");
    assert_eq!(reply.text(), "None Some(\"some\") ");
}

/// Without the attribute: the middleware saves, and the handle goes on after it.
#[actix_web::test]
async fn a_body_behind_the_middleware_writes_to_its_session() {
    let (clock, memory, _, builder) = parts();
    let sessions = builder.default_backend("memory").build().expect("fit settings");
    let server = serve_app(move || {
        actix_web::App::new()
            .app_data(sessions.clone())
            .route(
                "/stream",
                web::get().to(async |request: actix_web::HttpRequest| {
                    let session = request.session_store()?.get_session("session").await?;
                    let handle = session.handle()?;
                    session.insert("began", true)?;
                    let part = stream::once(async move {
                        count_up(&handle, "parts")
                            .await
                            .map(|n| Bytes::from(n.to_string()))
                    });
                    Ok::<_, SessionError>(HttpResponse::Ok().streaming(Box::pin(part)))
                }),
            )
            .wrap(SessionMiddleware::new())
    });
    let client = sessions_runtime::testing::Client::new(&server).with_clock(clock);
    for n in ["1", "2", "3"] {
        assert_eq!(text(&client, "/stream").await, n);
    }
    assert_eq!(memory.len(), 1);
}
