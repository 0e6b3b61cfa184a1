//! Whole requests that overlap, over real HTTP, with their sessions on this backend: nothing is lost.

use futures_util::future::join_all;

use super::kit::{ensure, ensure_eq};
use super::site::{COOKIE, Lives, Site, ask, ended, started, text};
use super::{Fault, Fixture};
use crate::clock::Clock;
use crate::testing::Operation;

/// Two requests loaded the same session; one sets `a`, the other `b`: the next one sees both.
///
/// # Errors
///
/// What was lost.
pub async fn overlapping_changes_of_two_entries_are_both_kept(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let pause = site.backend.pause_next(Operation::Replace);
    let slow = started(&client, "/set/a/1");
    pause.reached().await;
    ask(&client, "/set/b/2").await?;
    pause.release();
    text("/set/a/1", &ended(slow).await?)?;
    for (name, expected) in [("a", "1"), ("b", "2"), ("user", "ann")] {
        ensure_eq!(
            ask(&client, &format!("/get/{name}")).await?,
            expected,
            "entry `{name}` after the overlap"
        );
    }
    Ok(())
}

/// Two requests set one entry: afterwards it is the value of the one that saved last.
///
/// # Errors
///
/// What was lost.
pub async fn overlapping_changes_of_one_entry_leave_one_of_them(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let slow = site.held(&client, "/set/a/slow").await;
    ask(&client, "/set/a/fast").await?;
    site.go_on();
    text("/set/a/slow", &ended(slow).await?)?;
    ensure_eq!(
        ask(&client, "/get/a").await?,
        "slow",
        "entry that two requests set, the slow one last"
    );
    Ok(())
}

/// Fifty requests that each add one, all at once: fifty.
///
/// # Errors
///
/// What was lost.
pub async fn fifty_overlapping_updates_all_count(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let requests: Vec<_> = (0..50).map(|_| started(&client, "/add/visits")).collect();
    for answer in join_all(requests.into_iter().map(ended)).await {
        text("/add/visits", &answer?)?;
    }
    ensure_eq!(
        ask(&client, "/count/visits").await?,
        "50",
        "count after 50 overlapping updates"
    );
    Ok(())
}

/// A request that only reads, from before a writer until after it, leaves the writer's value.
///
/// # Errors
///
/// What was lost.
pub async fn a_slow_reader_undoes_nothing(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("a", "old").await?;
    let reader = site.held(&client, "/get/a").await;
    ask(&client, "/set/a/new").await?;
    site.go_on();
    ensure_eq!(
        text("/get/a", &ended(reader).await?)?,
        "old",
        "what the reader sees of the session it loaded"
    );
    ensure_eq!(
        ask(&client, "/get/a").await?,
        "new",
        "entry after the slow reader"
    );
    Ok(())
}

/// A reader refreshes the idle time-out while a writer writes: the written value stays.
///
/// # Errors
///
/// What was lost.
pub async fn an_idle_refresh_undoes_nothing(fixture: Fixture) -> Result<(), Fault> {
    let lives = Lives {
        idle: 20,
        ..Lives::default()
    };
    let site = Site::with(fixture.backend().clone(), fixture.clock(), lives)?;
    let client = site.visitor("a", "old").await?;
    // A tenth of the idle time has passed, so that a refresh is due.
    fixture.pass(3).await;
    let pause = site.backend.pause_next(Operation::Touch);
    let reader = started(&client, "/get/a");
    pause.reached().await;
    ask(&client, "/set/a/new").await?;
    pause.release();
    text("/get/a", &ended(reader).await?)?;
    ensure_eq!(ask(&client, "/get/a").await?, "new", "entry after the refresh");
    Ok(())
}

/// Two requests add the same new entry at once: both succeed, and it has one of the two values.
///
/// # Errors
///
/// What was lost.
pub async fn the_same_new_entry_twice_is_no_error(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    let pause = site.backend.pause_next(Operation::Replace);
    let slow = started(&client, "/set/new/1");
    pause.reached().await;
    ask(&client, "/set/new/2").await?;
    pause.release();
    text("/set/new/1", &ended(slow).await?)?;
    ensure_eq!(
        ask(&client, "/get/new").await?,
        "1",
        "entry that two requests added, the slow one last"
    );
    Ok(())
}

/// Two requests take one flash message at once: one gets it.
///
/// # Errors
///
/// What was lost, or shown twice.
pub async fn one_of_two_readers_gets_a_flash_message(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    ask(&client, "/flash/saved").await?;
    let pause = site.backend.pause_next(Operation::Replace);
    let slow = started(&client, "/flashes");
    pause.reached().await;
    let fast = ask(&client, "/flashes").await?;
    pause.release();
    let slow = text("/flashes", &ended(slow).await?)?;
    ensure_eq!(
        (fast.as_str(), slow.as_str()),
        ("saved", ""),
        "what the two readers got"
    );
    Ok(())
}

/// A message added while another request takes those that were there is shown by the next one.
///
/// # Errors
///
/// What was lost, or shown twice.
pub async fn a_flash_message_added_during_a_claim_arrives(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.visitor("user", "ann").await?;
    ask(&client, "/flash/first").await?;
    let pause = site.backend.pause_next(Operation::Replace);
    let reader = started(&client, "/flashes");
    pause.reached().await;
    ask(&client, "/flash/second").await?;
    pause.release();
    let mut shown: Vec<String> = Vec::new();
    for page in [
        text("/flashes", &ended(reader).await?)?,
        ask(&client, "/flashes").await?,
    ] {
        shown.extend(page.split(',').filter(|one| !one.is_empty()).map(str::to_owned));
    }
    ensure_eq!(shown, ["first", "second"], "messages that two pages showed");
    Ok(())
}

/// Ten first requests of one browser, all at once: none fails, each makes one record, and the browser keeps one session.
///
/// # Errors
///
/// What was lost.
pub async fn parallel_first_requests_make_one_record_each(fixture: Fixture) -> Result<(), Fault> {
    let site = Site::new(&fixture)?;
    let client = site.browser();
    let requests: Vec<_> = (0..10).map(|_| started(&client, "/set/user/ann")).collect();
    for answer in join_all(requests.into_iter().map(ended)).await {
        text("/set/user/ann", &answer?)?;
    }
    let creates = site
        .backend
        .operations()
        .into_iter()
        .filter(|one| *one == Operation::Create)
        .count();
    ensure!(creates <= 10, "ten first requests made {creates} records");
    ensure!(
        client.cookie(COOKIE).is_some(),
        "ten first requests left the browser without a session"
    );
    ensure_eq!(
        ask(&client, "/get/user").await?,
        "ann",
        "entry after ten first requests"
    );
    Ok(())
}

/// The application's clock is set back by an hour between two saves: the later save still counts.
///
/// # Errors
///
/// What was lost.
pub async fn a_clock_set_back_loses_no_save(fixture: Fixture) -> Result<(), Fault> {
    // The application's own, so that it can be moved also where the backend's cannot.
    let clock = if fixture.is_exact() {
        fixture.clock()
    } else {
        Clock::manual(fixture.now())
    };
    let site = Site::with(fixture.backend().clone(), clock.clone(), Lives::default())?;
    let client = site.visitor("a", "first").await?;
    // Long enough that the cookie is not of the future afterwards: it would open nothing, and the rest a new session.
    clock.advance(std::time::Duration::from_secs(3_700));
    ask(&client, "/set/a/second").await?;
    ask(&client, "/set/b/kept").await?;
    let back = clock.now().unix().saturating_sub(3_600);
    clock.set(crate::clock::Timestamp::from_unix(back));
    ask(&client, "/set/a/third").await?;
    ensure_eq!(
        ask(&client, "/get/a").await?,
        "third",
        "entry after a save under a clock that was set back"
    );
    ensure_eq!(
        ask(&client, "/get/b").await?,
        "kept",
        "another entry after a save under a clock that was set back"
    );
    Ok(())
}
