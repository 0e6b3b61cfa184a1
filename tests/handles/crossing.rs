//! A handle from before somebody else's sign-in: what it may still change, and what it sees.

use actix_web::rt;
use sessions_runtime::testing::Operation::{Load, Replace};
use sessions_runtime::{Session, SessionError};

use crate::pages::{count_up, site, text, visitor};

/// Tries everything, and tells what it sees.
fn everything(session: &Session) -> Result<String, SessionError> {
    let seen = format!(
        "{} {:?} {}",
        session.keys().join(","),
        session.get::<String>("user")?,
        session.peek_flashes()?.len()
    );
    session.insert("user", "mallory")?;
    session.insert("theme", "dark")?;
    session.remove("changed");
    session.remove("before");
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    session.add_flash("hello")?;
    Ok(seen)
}

/// S9, C1, V27
/// The sign-in comes before the update, or between its commands.
#[actix_web::test]
async fn a_handle_from_before_a_sign_in_neither_sees_nor_overwrites_what_that_wrote() {
    for held_before in [None, Some(Load), Some(Replace)] {
        let (site, desk) = site();
        let (client, handle) = visitor(&site, &desk, &["before", "changed"]).await;
        client.get("/add/n").send().await;
        let seen = if let Some(operation) = held_before {
            let pause = site.backend.pause_next(operation);
            let late = handle.clone();
            let late = rt::spawn(async move { late.update(everything).await });
            pause.reached().await;
            client.get("/login/ada").send().await;
            pause.release();
            late.await.expect("a task that did not panic")
        } else {
            client.get("/login/ada").send().await;
            handle.update(everything).await
        };
        let what = format!("{held_before:?}");
        // Made before `n` was there; where the handle looked before the sign-in, it has seen it.
        let names = if held_before == Some(Replace) {
            "before,changed,n"
        } else {
            "before,changed"
        };
        assert_eq!(seen.expect("an update"), format!("{names} None 0"), "{what}");
        assert_eq!(text(&client, "/get/user").await, "ada", "{what}");
        assert_eq!(text(&client, "/get/changed").await, "by the sign-in", "{what}");
        assert_eq!(text(&client, "/keys").await, "changed,n,theme,user", "{what}");
        assert_eq!(text(&client, "/count/n").await, "2", "{what}");
        assert_eq!(text(&client, "/flashes").await, "hello", "{what}");
    }
}

/// S9, V27
/// Its own changes it has seen; what it guesses of the others it has not.
#[actix_web::test]
async fn a_handle_that_crossed_goes_on_by_the_same_rule() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    client.get("/login/ada").send().await;
    let put = async |name: &'static str, value: &'static str| {
        handle
            .update(move |session| session.insert(name, value))
            .await
            .expect("an update");
    };
    for value in ["one", "two", "three"] {
        put("own", value).await;
        assert_eq!(text(&client, "/get/own").await, value);
    }
    // Once right, once wrong: to have guessed is not to have seen.
    put("user", "ada").await;
    put("user", "mallory").await;
    assert_eq!(text(&client, "/get/user").await, "ada");
    // To have added to what somebody else wrote is not to have seen it.
    handle
        .update(|session| session.update("changed", |text: Option<String>| text.unwrap_or_default() + "!"))
        .await
        .expect("an update");
    put("changed", "by the handle").await;
    assert_eq!(text(&client, "/get/changed").await, "by the sign-in!");
    let names = handle
        .read(|session| Ok(session.keys().join(",")))
        .await
        .expect("a read");
    assert_eq!(names, "before,own");
    // Long after: it has noticed in time.
    site.later(3_600);
    for n in 1..=3 {
        count_up(&handle, "n").await.expect("an update");
        assert_eq!(text(&client, "/count/n").await, n.to_string());
    }
    handle
        .update(|session| {
            session.clear();
            Ok(())
        })
        .await
        .expect("an update");
    assert_eq!(text(&client, "/keys").await, "changed,user");
}

/// C12
#[actix_web::test]
async fn a_handle_has_a_minute_to_notice_a_sign_in() {
    for (seconds, notices) in [(60, true), (61, false)] {
        let (site, desk) = site();
        let (client, handle) = visitor(&site, &desk, &["before"]).await;
        client.get("/login/ada").send().await;
        site.later(seconds);
        let answer = count_up(&handle, "n").await;
        assert_eq!(answer.is_ok(), notices, "{seconds} s");
        assert!(answer.err().is_none_or(|err| err.is_gone()), "{seconds} s");
        assert_eq!(text(&client, "/count/n").await, u32::from(notices).to_string());
    }
}
