//! A request that finds its backend missing, or no sessions at all: an answer that tells nothing, and a cure in the log.

use actix_web::web;
use sessions_runtime::SessionStore;
use sessions_runtime::testing::{Client, Reply, serve};

use crate::handlers;
use crate::support::logs;
use crate::support::site::{Site, parts};

fn check_opaque(reply: &Reply) {
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (500, ""));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(reply.header("retry-after"), None, "no repetition helps");
}

/// P52, T7, S60
#[actix_web::test]
async fn a_request_whose_backend_is_missing_is_answered_500_and_the_log_has_the_cure() {
    let logs = logs::capture();
    let site = Site::new(|app| {
        app.service((
            handlers::show_cart,
            handlers::show_trail,
            handlers::mentions_nothing,
            handlers::in_cookie,
        ));
    });
    let client = site.client();
    for (path, handler, cure) in [
        (
            "/cart",
            "show_cart",
            r#".backend("datastore", Datastore::open("sessions.db")?)"#,
        ),
        ("/trail", "show_trail", r#".backend("audit", ..)"#),
    ] {
        let mark = logs.mark();
        check_opaque(&client.get(path).send().await);
        let lines = logs.lines(mark, handler);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains("ERROR") && lines[0].contains(cure),
            "{}",
            lines[0]
        );
    }
    // Handlers that need none of it go on.
    assert_eq!(client.get("/nothing").send().await.text(), "nothing");
    assert_eq!(client.get("/sealed").send().await.text(), "0");
}

/// P52, S60
#[actix_web::test]
async fn a_forgotten_app_data_is_answered_500_and_the_log_has_the_line_to_add() {
    let logs = logs::capture();
    let server = serve(|app| {
        app.service((handlers::in_memory, handlers::mentions_nothing))
            .route("/extractor", web::get().to(|_: SessionStore| async { "" }));
    });
    let client = Client::new(&server);
    let mark = logs.mark();
    check_opaque(&client.get("/memory").send().await);
    let lines = logs.lines(mark, "in_memory");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(".app_data(sessions.clone())"), "{}", lines[0]);
    check_opaque(&client.get("/extractor").send().await);
    assert_eq!(client.get("/nothing").send().await.text(), "nothing");
}

/// G2
#[actix_web::test]
async fn sessions_are_found_as_they_are_and_in_web_data() {
    let (_, _, _, builder) = parts();
    let data = web::Data::new(builder.build().expect("fit settings"));
    let server = serve(move |app| {
        app.app_data(data.clone())
            .service((handlers::in_memory, handlers::in_cookie));
    });
    let client = Client::new(&server);
    assert_eq!(client.get("/memory").send().await.text(), "0");
    assert_eq!(client.get("/sealed").send().await.text(), "0");
}
