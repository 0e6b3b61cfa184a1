//! A message is shown once, whoever asks for it at the same time.

use actix_web::{HttpResponse, get, rt};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{SessionError, with_sessions};

use crate::pages::{self, crossed, joined, text, visitor};
use crate::support::site::Site;

/// Takes, and then fails.
#[with_sessions(default = "memory")]
#[get("/shown-to-nobody")]
async fn shown_to_nobody() -> Result<HttpResponse, SessionError> {
    session.insert("seen", true)?;
    let taken = session.take_flashes().await?;
    Ok(HttpResponse::InternalServerError().body(joined(&taken)))
}

#[with_sessions(default = "memory")]
#[get("/panics-with-messages")]
async fn panics_with_messages() -> Result<&'static str, SessionError> {
    session.take_flashes().await?;
    panic!("on purpose");
}

/// Takes what is its own, too.
#[with_sessions(default = "memory")]
#[get("/adds-and-takes")]
async fn adds_and_takes() -> Result<String, SessionError> {
    session.add_flash("own")?;
    Ok(joined(&session.take_flashes().await?))
}

/// Takes, and puts more into its cookie than one may hold.
#[with_sessions(default = "memory")]
#[session(name = "notes", backend = "securecookie")]
#[get("/shown-beside-too-much")]
async fn shown_beside_too_much() -> Result<String, SessionError> {
    notes.insert("much", "x".repeat(5_000))?;
    Ok(joined(&session.take_flashes().await?))
}

fn site() -> Site {
    Site::new(|app| {
        app.service((
            shown_to_nobody,
            shown_beside_too_much,
            panics_with_messages,
            adds_and_takes,
        ));
        pages::routes(app);
    })
}

/// C8
/// The counter-example "double flash".
#[actix_web::test]
async fn of_two_overlapping_pages_one_shows_the_message() {
    let site = site();
    for page in ["/kept/flashes", "/adds-and-takes"] {
        let client = visitor(&site, &["before"]).await;
        client.get("/kept/flash/hello").send().await;
        let (slow, fast) = crossed(&site, &client, (page, Operation::Replace), "/kept/flashes").await;
        assert_eq!(fast.text(), "hello");
        assert!(!slow.text().contains("hello"), "{page}: {}", slow.text());
        assert_eq!(text(&client, "/kept/flashes").await, "");
    }
}

/// C8
#[actix_web::test]
async fn a_message_added_while_others_are_taken_is_shown_once() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/first").send().await;
    let (slow, _) = crossed(
        &site,
        &client,
        ("/kept/flashes", Operation::Replace),
        "/kept/flash/second",
    )
    .await;
    let shown = format!("{},{}", slow.text(), text(&client, "/kept/flashes").await);
    assert_eq!(shown.matches("first").count(), 1, "{shown}");
    assert_eq!(shown.matches("second").count(), 1, "{shown}");

    let (slow, fast) = crossed(
        &site,
        &client,
        ("/kept/flash/third", Operation::Replace),
        "/kept/flashes",
    )
    .await;
    assert_eq!((slow.status.as_u16(), fast.text().as_str()), (200, ""));
    assert_eq!(text(&client, "/kept/flashes").await, "third");
}

/// C8
#[actix_web::test]
async fn messages_added_at_once_all_arrive() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    crossed(
        &site,
        &client,
        ("/kept/flash/slow", Operation::Replace),
        "/kept/flash/fast",
    )
    .await;
    assert_eq!(text(&client, "/kept/flashes").await, "fast,slow");
}

/// C8
#[actix_web::test]
async fn a_failed_response_puts_its_messages_back_in_their_places() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/first").send().await;
    client.get("/kept/flash/second").send().await;
    let pause = site.backend.pause_next(Operation::Replace);
    let failing = rt::spawn(client.get("/shown-to-nobody").send());
    pause.reached().await;
    // While the messages are on their way to a page that will not be shown, another one is added.
    let adding = site.backend.pause_next(Operation::Replace);
    let third = rt::spawn(client.get("/kept/flash/third").send());
    adding.reached().await;
    pause.release();
    let failed = failing.await.expect("the request is answered");
    assert_eq!(
        (failed.status.as_u16(), failed.text().as_str()),
        (500, "first,second")
    );
    adding.release();
    third.await.expect("the request is answered");
    assert_eq!(text(&client, "/kept/flashes").await, "first,second,third");
    assert_eq!(
        text(&client, "/kept/keys").await,
        "before",
        "values of a failed response are dropped"
    );
}

/// C8
/// The session that gave the messages has nothing more to save, and still the answer that shows them is not sent.
#[actix_web::test]
async fn a_sealed_session_that_does_not_fit_puts_messages_of_another_back() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let failed = client.get("/shown-beside-too-much").send().await;
    assert_eq!((failed.status.as_u16(), failed.text().as_str()), (500, ""));
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// C8
/// A claim whose answer was lost, and a crash, lose messages at most; they never show one twice.
#[actix_web::test]
async fn messages_are_lost_at_most_once_by_a_crash() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    site.backend.fail_next(Operation::Replace, Failure::Before);
    assert_eq!(client.get("/kept/flashes").send().await.status, 503);
    assert_eq!(
        text(&client, "/kept/flashes").await,
        "hello",
        "the backend never saw the claim"
    );

    client.get("/kept/flash/again").send().await;
    client
        .get("/panics-with-messages")
        .try_send()
        .await
        .expect_err("a panic gives no answer");
    assert_eq!(text(&client, "/kept/flashes").await, "");
    assert_eq!(text(&client, "/kept/keys").await, "before");
}

/// C8, C5
#[actix_web::test]
async fn a_session_that_ended_shows_no_messages() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let (slow, _) = crossed(
        &site,
        &client,
        ("/kept/flashes", Operation::Replace),
        "/kept/logout",
    )
    .await;
    assert_eq!((slow.status.as_u16(), slow.text().as_str()), (200, ""));
    assert!(slow.set_cookies().is_empty());
}
