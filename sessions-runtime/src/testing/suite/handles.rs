//! Sessions after their response, over real HTTP, with their records on this backend: nothing is lost, an ended one never
//! comes back.

use futures_util::future::{join, join_all};

use super::kit::{ensure, ensure_eq};
use super::site::{COOKIE, Lives, Site, ask, ended, started, text};
use super::{Fault, Fixture};
use crate::error::SessionError;
use crate::session::SessionHandle;
use crate::testing::Operation;

/// Twenty-five updates by two handles and twenty-five by requests, all at once: fifty.
///
/// # Errors
///
/// What was lost.
pub async fn updates_by_handles_and_requests_all_count(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    ask(&client, "/handle").await?;
    ask(&client, "/handle").await?;
    let handles = [site.handle()?, site.handle()?];
    let pause = site.backend.pause_next(Operation::Replace);
    let (overtaken, other) = join(add(&handles[0]), async {
        pause.reached().await;
        let other = ask(&client, "/add/visits").await;
        pause.release();
        other
    })
    .await;
    ensure_eq!(
        (other?, overtaken?),
        ("1".to_owned(), 2),
        "counts of a request and of the handle that it overtook"
    );
    let by_handles = join_all((1..25).map(|at| add(&handles[at % 2])));
    let requests: Vec<_> = (1..25).map(|_| started(&client, "/add/visits")).collect();
    let by_requests = join_all(requests.into_iter().map(ended));
    let (of_handles, of_requests) = join(by_handles, by_requests).await;
    for answer in of_handles {
        answer?;
    }
    for answer in of_requests {
        text("/add/visits", &answer?)?;
    }
    ensure_eq!(
        ask(&client, "/count/visits").await?,
        "50",
        "count after 50 updates, half of them by handles"
    );
    ensure_eq!(ask(&client, "/get/user").await?, "ann", "entry beside them");
    Ok(())
}

/// A session that is destroyed on one server ends for a handle on the other, also in the middle of an update.
///
/// # Errors
///
/// What came back.
pub async fn a_handle_ends_with_its_session(fixture: Fixture) -> Result<(), Fault> {
    let here = Site::new(&fixture)?;
    let there = Site::with(fixture.second().clone(), fixture.clock(), Lives::default())?;
    for held_up in [None, Some(Operation::Load), Some(Operation::Replace)] {
        let client = here.visitor("user", "ann").await?;
        ask(&client, "/handle").await?;
        let handle = here.handle()?;
        ensure_eq!(add(&handle).await?, 1, "count of a handle");
        let other = there.browser();
        let cookie = client
            .cookie(COOKIE)
            .ok_or_else(|| Fault::new("a new session sent no cookie"))?;
        other.set_raw_cookie(COOKIE, &cookie);
        ensure_eq!(
            ask(&other, "/count/visits").await?,
            "1",
            "count that the other server reads"
        );
        let late = if let Some(operation) = held_up {
            let pause = here.backend.pause_next(operation);
            let (late, gone) = join(add(&handle), async {
                pause.reached().await;
                let gone = ask(&other, "/destroy").await;
                pause.release();
                gone
            })
            .await;
            gone?;
            late
        } else {
            ask(&other, "/destroy").await?;
            add(&handle).await
        };
        ensure!(
            late.is_err_and(|err| err.is_gone()),
            "a handle of a session that was destroyed before its {held_up:?} is not told"
        );
        for (browser, server) in [(&client, "this"), (&other, "the other")] {
            browser.set_raw_cookie(COOKIE, &cookie);
            ensure_eq!(
                ask(browser, "/get/user").await?,
                "-",
                "entry of a destroyed session on {server} server"
            );
        }
    }
    Ok(())
}

/// A handle goes on after its own request's renewal; after somebody else's it adds, and overwrites nothing.
///
/// # Errors
///
/// What was lost.
pub async fn a_handle_follows_a_renewal(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    ask(&client, "/handle").await?;
    let others = site.handle()?;
    // Its own request: makes a handle, then renews.
    ask(&client, "/handle/renew").await?;
    let own = site.handle()?;
    ask(&client, "/set/user/ben").await?;
    own.update(|session| session.insert("user", "eve")).await?;
    ensure_eq!(
        ask(&client, "/get/user").await?,
        "eve",
        "entry that a handle set after its request renewed"
    );
    others.update(|session| session.insert("user", "mallory")).await?;
    add(&others).await?;
    ensure_eq!(
        ask(&client, "/get/user").await?,
        "eve",
        "entry that a handle from before a renewal must not overwrite"
    );
    ensure_eq!(
        ask(&client, "/count/visits").await?,
        "1",
        "count of a handle from before a renewal"
    );
    Ok(())
}

async fn add(handle: &SessionHandle) -> Result<u64, SessionError> {
    handle
        .update(|session| session.update("visits", |count: Option<u64>| count.unwrap_or(0) + 1))
        .await
}
