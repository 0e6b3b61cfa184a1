//! Where nobody saves, the log says so.

use actix_web::{App, HttpRequest, web};
use futures_util::future::join;
use sessions_runtime::testing::{Client, serve_app};
use sessions_runtime::{SessionError, SessionMiddleware, SessionsExt};

use crate::pages::{self, COOKIE, text, visitor};
use crate::support::logs;
use crate::support::site::{Site, parts};

/// Nobody saves for it.
async fn unsaved(request: HttpRequest) -> Result<&'static str, SessionError> {
    let store = request.session_store()?;
    store
        .get_session("forgotten")
        .backend("memory")
        .await?
        .insert("a", 1)?;
    store.set_cookie("forgotten-cookie", "1")?;
    Ok("lost")
}

async fn only_reads(request: HttpRequest) -> Result<String, SessionError> {
    Ok(request
        .session_store()?
        .get_session("session")
        .backend("memory")
        .await?
        .keys()
        .join(","))
}

/// P54
#[actix_web::test]
async fn a_store_that_nobody_saves_says_so_in_the_log() {
    let log = logs::capture();
    let site = Site::new(|app| {
        app.route("/unsaved", web::get().to(unsaved));
        app.route("/only-reads", web::get().to(only_reads));
        pages::routes(app);
    });
    let client = visitor(&site, &["before"]).await;
    let mark = log.mark();
    let reply = client.get("/unsaved").send().await;
    assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (200, 0));
    let lost = log.lines(mark, "changes of a session are lost");
    assert!(
        lost.iter()
            .any(|line| line.contains("ERROR") && line.contains("forgotten")),
        "{lost:?}"
    );
    assert!(
        lost.iter().any(|line| line.contains("SessionMiddleware")),
        "the line names the cure"
    );
    assert!(!log.lines(mark, "pending cookies are lost").is_empty());
    let (one, other) = join(client.get("/only-reads").send(), client.get("/only-reads").send()).await;
    assert_eq!(
        (one.text(), other.text()),
        ("before".to_owned(), "before".to_owned())
    );
    assert!(client.cookie(COOKIE).is_some());
}

/// T24
/// Closures have `SessionsExt`; without anybody who saves, the loss is an error in the log.
#[actix_web::test]
async fn closures_use_the_store_and_somebody_has_to_save_it() {
    let log = logs::capture();
    let (clock, _, _, builder) = parts();
    let sessions = builder.build().expect("the settings are fit");
    let closure = |request: HttpRequest| async move {
        let session = request.session_store()?.get_session("closures").await?;
        session
            .update("n", |n: Option<u32>| n.unwrap_or(0) + 1)
            .map(|n| n.to_string())
    };
    let server = serve_app(move || {
        App::new()
            .app_data(web::Data::new(sessions.clone()))
            .service(
                web::scope("/saved")
                    .wrap(SessionMiddleware::new())
                    .route("/n", web::get().to(closure)),
            )
            .route("/lost/n", web::get().to(closure))
    });
    let client = Client::new(&server).with_clock(clock);
    assert_eq!(text(&client, "/saved/n").await, "1");
    assert_eq!(text(&client, "/saved/n").await, "2");
    let mark = log.mark();
    let reply = client.get("/lost/n").send().await;
    assert_eq!((reply.text().as_str(), reply.set_cookies().len()), ("3", 0));
    assert!(
        log.lines(mark, "changes of a session are lost")
            .iter()
            .any(|line| line.contains("closures"))
    );
    assert_eq!(text(&client, "/saved/n").await, "3");
    assert_eq!(client.cookie(COOKIE), None);
}
