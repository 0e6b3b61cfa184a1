//! How long sessions live over real HTTP, for somebody who keeps sending their cookie: the server ends them, not the
//! browser.
//!
//! Lives are a few seconds where the time goes by itself, and those cases run at the same time.

use super::kit::{ensure, ensure_eq};
use super::site::{COOKIE, Lives, Site, ask, ended, text};
use super::{Fault, Fixture};
use crate::testing::{Client, Operation};

/// A life that is over after [`OVER`] on every server, also on one that counts whole seconds of its own.
const SHORT: u64 = 3;
const OVER: u64 = 5;

/// A session that is used stays; one that is not ends with its idle time, whatever the browser still sends.
///
/// # Errors
///
/// What ended too early or too late.
pub async fn an_idle_session_ends(fixture: Fixture) -> Result<(), Fault> {
    let site = idle(&fixture, SHORT)?;
    let client = site.visitor("user", "ann").await?;
    // Longer than the idle time in all.
    for _ in 0..4 {
        fixture.pass(1).await;
        ensure_eq!(
            ask(&client, "/get/user").await?,
            "ann",
            "entry of a session that is used"
        );
    }
    let copy = copied(&client)?;
    fixture.pass(OVER).await;
    over(&client, &copy, "after the idle time").await
}

/// Use is noted once in a tenth of the idle time, not with each request; and it counts.
///
/// # Errors
///
/// What was noted too often, or not at all.
pub async fn use_is_noted_once_in_a_tenth_of_the_idle_time(fixture: Fixture) -> Result<(), Fault> {
    let site = idle(&fixture, 30)?;
    let client = site.visitor("user", "ann").await?;
    for (pass, expected) in [(0, 0), (4, 1), (0, 0)] {
        fixture.pass(pass).await;
        site.backend.take_operations();
        ask(&client, "/get/user").await?;
        let operations = site.backend.take_operations();
        let touches = operations
            .iter()
            .filter(|operation| **operation == Operation::Touch)
            .count();
        ensure_eq!(
            touches,
            expected,
            "touches by a request {pass} s after the last one"
        );
    }
    if fixture.is_exact() {
        // Beyond the end that the session had at first.
        fixture.pass(30).await;
        ensure_eq!(
            ask(&client, "/get/user").await?,
            "ann",
            "entry 30 s after a use that was noted"
        );
    }
    Ok(())
}

/// The absolute end comes, however busy the session was and whatever id it got meanwhile.
///
/// # Errors
///
/// What ended too early or too late.
pub async fn activity_does_not_move_the_absolute_end(fixture: Fixture) -> Result<(), Fault> {
    let site = absolute(&fixture, SHORT + 1)?;
    let client = site.visitor("user", "ann").await?;
    for path in ["/set/round/1", "/renew"] {
        fixture.pass(1).await;
        ask(&client, path).await?;
        ensure_eq!(
            ask(&client, "/get/user").await?,
            "ann",
            "entry of a session before its absolute end"
        );
    }
    // The browser drops the cookie by its own clock; who kept a copy sends it all the same.
    let copy = copied(&client)?;
    fixture.pass(OVER - 1).await;
    over(&client, &copy, "after the absolute end").await
}

/// Where time is moved by hand: the last second of the idle time, and of the absolute one, belongs to the session.
///
/// # Errors
///
/// What ended too early or too late.
pub async fn a_session_ends_with_its_last_second(fixture: Fixture) -> Result<(), Fault> {
    if !fixture.is_exact() {
        return Ok(());
    }
    for site in [idle(&fixture, 1_000)?, absolute(&fixture, 1_000)?] {
        let client = site.visitor("user", "ann").await?;
        let other = site.visitor("user", "ben").await?;
        let (copy, unused) = (copied(&client)?, copied(&other)?);
        fixture.pass(1_000).await;
        let last = shown(&client, &copy, "/get/user").await?;
        ensure_eq!(last, "ann", "entry in the last second of a session");
        fixture.pass(1).await;
        over(&other, &unused, "one second after its last").await?;
    }
    Ok(())
}

/// A cookie without an age of its own does not make a session without an end: it ends on the server, by either limit.
///
/// # Errors
///
/// What lived on.
pub async fn a_browser_session_ends_on_the_server(fixture: Fixture) -> Result<(), Fault> {
    let sites = [idle(&fixture, SHORT)?, absolute(&fixture, SHORT)?];
    let mut clients = Vec::new();
    for site in &sites {
        let client = site.visitor("user", "ann").await?;
        let reply = client.get("/browser").try_send().await?;
        text("/browser", &reply)?;
        let cookie = reply.set_cookie(COOKIE);
        ensure!(
            cookie.is_some_and(|cookie| cookie.max_age.is_none() && cookie.expires.is_none()),
            "a browser session was not sent as a cookie without an age"
        );
        clients.push(client);
    }
    fixture.pass(OVER).await;
    for client in clients {
        // The browser was never closed.
        let cookie = copied(&client)?;
        over(&client, &cookie, "of a browser that stayed open").await?;
    }
    Ok(())
}

/// A session that is remembered lives for as long as was said, longer or shorter than others, unless it is not used.
///
/// # Errors
///
/// What ended too early or too late.
pub async fn a_remembered_session_lives_as_long_as_was_said(fixture: Fixture) -> Result<(), Fault> {
    let sites = [
        (absolute(&fixture, SHORT)?, "/remember/60", true),
        (absolute(&fixture, 86_400)?, "/remember/3", false),
        (idle(&fixture, SHORT)?, "/remember/60", false),
    ];
    let mut visitors = Vec::new();
    for (site, path, lives) in &sites {
        let client = site.visitor("user", "ann").await?;
        ask(&client, path).await?;
        visitors.push((copied(&client)?, client, *lives));
    }
    fixture.pass(OVER).await;
    for (copy, client, lives) in visitors {
        if lives {
            let user = shown(&client, &copy, "/get/user").await?;
            ensure_eq!(user, "ann", "entry of a session that is remembered for longer");
        } else {
            over(&client, &copy, "that was remembered for less, or not used").await?;
        }
    }
    Ok(())
}

/// An expired session is served to no request, before anything was purged as after it: it shows nothing, it is not
/// written, and its id is not used again.
///
/// # Errors
///
/// What was served.
pub async fn an_expired_session_is_never_served(fixture: Fixture) -> Result<(), Fault> {
    let site = idle(&fixture, SHORT)?;
    let paths = [
        "/get/user",
        "/flashes",
        "/set/user/eve",
        "/add/visits",
        "/flash/late",
        "/renew",
        "/destroy",
    ];
    let mut visitors = Vec::new();
    for path in paths {
        let client = site.visitor("user", "ann").await?;
        ask(&client, "/flash/hello").await?;
        visitors.push((path, copied(&client)?, client));
    }
    fixture.pass(OVER).await;
    for (path, copy, client) in &visitors {
        let reply = client.get(path).cookie_header(copy).try_send().await?;
        let answer = text(path, &reply)?;
        ensure!(
            !answer.contains("ann") && !answer.contains("hello"),
            "{path} showed what was in an expired session: {answer}"
        );
        let cookie = reply.set_cookie(COOKIE).filter(|cookie| !cookie.is_removal());
        ensure!(
            cookie.is_none_or(|cookie| !copy.contains(&cookie.value)),
            "{path} used the id of an expired session again"
        );
        over(client, copy, &format!("and was sent to {path}")).await?;
    }
    // Of a backend that removes by itself, this asks for nothing.
    fixture.backend().purge_expired(1_000).await?;
    for (path, copy, client) in &visitors {
        over(client, copy, &format!("was sent to {path} and purged")).await?;
    }
    Ok(())
}

/// A request that began while its session lived, and ends when that is over, brings nothing back and sends no cookie.
///
/// # Errors
///
/// What came back.
pub async fn a_request_that_outlives_its_session_revives_nothing(fixture: Fixture) -> Result<(), Fault> {
    let site = idle(&fixture, SHORT)?;
    let client = site.visitor("user", "ann").await?;
    let copy = copied(&client)?;
    let slow = site.held(&client, "/save/user/late").await;
    fixture.pass(OVER).await;
    site.go_on();
    let slow = ended(slow).await?;
    ensure_eq!(
        text("/save", &slow)?,
        "gone",
        "`save` of a session that has expired meanwhile"
    );
    ensure!(
        slow.set_cookies().is_empty(),
        "a request whose session expired meanwhile sent a cookie"
    );
    over(&client, &copy, "while a request held it").await
}

/// A site whose sessions end when they are not used for this long.
fn idle(fixture: &Fixture, seconds: u64) -> Result<Site, Fault> {
    let lives = Lives {
        idle: seconds,
        ..Lives::default()
    };
    Site::with(fixture.backend().clone(), fixture.clock(), lives)
}

/// A site whose sessions end this long after they began.
fn absolute(fixture: &Fixture, seconds: u64) -> Result<Site, Fault> {
    let lives = Lives {
        max_age: seconds,
        ..Lives::default()
    };
    Site::with(fixture.backend().clone(), fixture.clock(), lives)
}

/// What this browser sends now; its thief does not forget it when the browser does.
fn copied(client: &Client) -> Result<String, Fault> {
    client
        .cookie_header("/")
        .ok_or_else(|| Fault::new("the browser has no session cookie"))
}

/// The text that a path answers to this cookie.
async fn shown(client: &Client, cookie: &str, path: &str) -> Result<String, Fault> {
    text(path, &client.get(path).cookie_header(cookie).try_send().await?)
}

/// Checks that this cookie leads to no session any more.
async fn over(client: &Client, cookie: &str, when: &str) -> Result<(), Fault> {
    ensure_eq!(
        shown(client, cookie, "/get/user").await?,
        "-",
        "entry of a session that ended {when}"
    );
    let origin = shown(client, cookie, "/origin").await?;
    ensure!(
        ["unknown", "expired"].contains(&origin.as_str()),
        "the origin of a session that ended {when} is `{origin}`"
    );
    Ok(())
}
