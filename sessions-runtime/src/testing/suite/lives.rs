//! How whole sessions begin and end over real HTTP, with their records on this backend: an ended one never comes back.

use super::kit::{ensure, ensure_eq};
use super::site::{COOKIE, Lives, Site, ask, ended, started, text};
use super::{Fault, Fixture};
use crate::testing::{Client, Failure, Operation};

/// A request that loaded the session before another one destroyed it saves nothing, learns it, and sends no cookie.
///
/// # Errors
///
/// What came back.
pub async fn a_destroyed_session_is_not_saved_again(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let stolen = client.fork();
    let slow = site.held(&stolen, "/save/user/late").await;
    ask(&client, "/destroy").await?;
    ensure!(
        client.cookie(COOKIE).is_none(),
        "`destroy` left the cookie in the browser"
    );
    site.go_on();
    let slow = ended(slow).await?;
    ensure_eq!(
        text("/save", &slow)?,
        "gone",
        "`save` of a session that was destroyed meanwhile"
    );
    ensure!(
        slow.set_cookies().is_empty(),
        "a request whose session was destroyed meanwhile sent a cookie"
    );
    dead(&stolen, "after a save that came late").await
}

/// Wherever a request is held up between two calls of the backend, a destroy in between is final.
///
/// # Errors
///
/// What came back.
pub async fn no_step_of_a_request_revives_a_destroyed_session(fixture: Fixture) -> Result<(), Fault> {
    let lives = Lives {
        idle: 20,
        ..Lives::default()
    };
    let steps = [
        ("/set/a/1", Operation::Load),
        ("/set/a/1", Operation::Replace),
        ("/add/visits", Operation::Replace),
        ("/flashes", Operation::Replace),
        ("/get/user", Operation::Touch),
        ("/renew", Operation::Create),
        ("/renew", Operation::Replace),
        ("/destroy", Operation::Delete),
    ];
    let site = Site::with(fixture.backend().clone(), fixture.clock(), lives)?;
    let mut visitors = Vec::new();
    for _ in steps {
        let client = site.visitor("user", "ann").await?;
        ask(&client, "/flash/hello").await?;
        visitors.push(client);
    }
    // A tenth of the idle time has passed, so that a touch is due.
    fixture.pass(3).await;
    for ((path, operation), client) in steps.into_iter().zip(visitors) {
        let (stolen, slow_one) = (client.fork(), client.fork());
        let pause = site.backend.pause_next(operation);
        let slow = started(&slow_one, path);
        pause.reached().await;
        ask(&client, "/destroy").await?;
        pause.release();
        text(path, &ended(slow).await?)?;
        let when = format!("after a destroy before {operation:?} of {path}");
        dead(&stolen, &when).await?;
        if slow_one.cookie(COOKIE).is_some() {
            ensure_eq!(
                ask(&slow_one, "/get/user").await?,
                "-",
                "the entry of a destroyed session {when}"
            );
        }
    }
    Ok(())
}

/// Signed out on one server, signed out on the other; and what is written on one is read on the other.
///
/// # Errors
///
/// What came back.
pub async fn destroy_is_final_on_every_handle(fixture: Fixture) -> Result<(), Fault> {
    let here = Site::new(&fixture)?;
    let there = Site::with(fixture.second().clone(), fixture.clock(), Lives::default())?;
    let client = here.visitor("user", "ann").await?;
    let other = there.browser();
    let cookie = client
        .cookie(COOKIE)
        .ok_or_else(|| Fault::new("a new session sent no cookie"))?;
    other.set_raw_cookie(COOKIE, &cookie);
    ensure_eq!(
        ask(&other, "/get/user").await?,
        "ann",
        "entry that the other server reads"
    );
    ask(&other, "/set/lang/en").await?;
    ensure_eq!(
        ask(&client, "/get/lang").await?,
        "en",
        "entry that the other server wrote"
    );
    let stolen = client.fork();
    ask(&other, "/destroy").await?;
    dead(&stolen, "after a destroy on the other server").await
}

/// `renew` gives a new id with the same data; the old one is dead at once.
///
/// # Errors
///
/// What was lost, or came back.
pub async fn renewing_keeps_the_data_and_ends_the_old_id(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    ask(&client, "/flash/hello").await?;
    let stolen = client.fork();
    ask(&client, "/renew").await?;
    ensure!(
        client.cookie(COOKIE) != stolen.cookie(COOKIE),
        "`renew` left the id as it was"
    );
    dead(&stolen, "after a renewal").await?;
    ensure_eq!(ask(&client, "/get/user").await?, "ann", "entry after a renewal");
    ensure_eq!(
        ask(&client, "/flashes").await?,
        "hello",
        "messages after a renewal"
    );
    ensure_eq!(
        ask(&client, "/set/lang/en").await?,
        "set",
        "a change after a renewal"
    );
    ensure_eq!(
        ask(&client, "/get/lang").await?,
        "en",
        "entry written after a renewal"
    );
    Ok(())
}

/// Writing under an id that once existed starts a session with another id.
///
/// # Errors
///
/// What came back.
pub async fn an_ended_id_is_never_adopted(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let stolen = client.fork();
    ask(&client, "/destroy").await?;
    let thief = stolen.fork();
    ask(&thief, "/set/user/eve").await?;
    ensure!(
        thief.cookie(COOKIE) != stolen.cookie(COOKIE),
        "the id of an ended session was adopted"
    );
    dead(&stolen, "after somebody wrote under the ended id").await
}

/// A flash message is shown by the next page that asks, and by no later one.
///
/// # Errors
///
/// What was lost, or shown twice.
pub async fn flash_messages_are_shown_once(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.browser();
    ask(&client, "/flash/one").await?;
    ask(&client, "/flash/two").await?;
    ensure_eq!(
        ask(&client, "/get/user").await?,
        "-",
        "entry of a session that has messages only"
    );
    ensure_eq!(
        ask(&client, "/flashes").await?,
        "one,two",
        "messages on the first page"
    );
    ensure_eq!(ask(&client, "/flashes").await?, "", "messages on the second page");
    Ok(())
}

/// A request renews one session and changes another, and one of the two cannot be saved: an error, no cookie of either,
/// and the session is under its old id what it was.
///
/// # Errors
///
/// What was sent or saved by half.
pub async fn a_failed_save_sends_no_session_cookie(fixture: Fixture) -> Result<(), Fault> {
    for failure in [Failure::Before, Failure::After] {
        for failing in ["suite", "beside"] {
            let site = Site::new(&fixture)?;
            let client = site.visitor("user", "ann").await?;
            let backend = if failing == "suite" {
                &site.backend
            } else {
                &site.beside
            };
            backend.fail_next(Operation::Create, failure);
            let reply = client.get("/both/user/eve").try_send().await?;
            ensure_eq!(
                reply.status.as_u16(),
                503,
                "status of a request that could not be saved on `{failing}`"
            );
            ensure!(
                reply.set_cookies().is_empty(),
                "a cookie was sent though the save on `{failing}` failed"
            );
            ensure!(
                reply.body.is_empty(),
                "the handler's answer was sent though the save on `{failing}` failed"
            );
            ensure_eq!(
                ask(&client, "/get/user").await?,
                "ann",
                "entry after the save on `{failing}` failed"
            );
        }
    }
    Ok(())
}

/// While the backend cannot be reached requests are refused and cookies stay; afterwards the session is there again.
///
/// # Errors
///
/// What was lost.
pub async fn an_outage_signs_nobody_out(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    site.backend.set_down(true);
    for path in ["/get/user", "/set/user/eve", "/destroy"] {
        let reply = client.get(path).try_send().await?;
        ensure_eq!(reply.status.as_u16(), 503, "status of {path} during an outage");
        ensure!(
            reply.set_cookies().is_empty(),
            "{path} sent a cookie during an outage"
        );
    }
    site.backend.set_down(false);
    ensure_eq!(ask(&client, "/get/user").await?, "ann", "entry after an outage");
    Ok(())
}

/// Checks that the id this browser holds leads to no session any more.
async fn dead(client: &Client, when: &str) -> Result<(), Fault> {
    let origin = ask(client, "/origin").await?;
    ensure_eq!(origin, "unknown", "origin of the session of an ended id {when}");
    ensure_eq!(
        ask(client, "/get/user").await?,
        "-",
        "entry of an ended session {when}"
    );
    Ok(())
}
