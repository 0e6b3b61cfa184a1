//! Handles and requests that overlap: nothing is lost, nothing is written in vain.

use actix_web::rt;
use futures_util::future::join_all;
use sessions_runtime::testing::Operation::{self, Load, Replace, Touch};

use crate::pages::{count_up, site, text, visitor};
use crate::support::logs;

/// C2
/// Two handles in this thread, two in threads of their own, and requests, all at once.
#[actix_web::test]
async fn fifty_updates_by_handles_and_requests_end_at_fifty() {
    let (site, desk) = site();
    let (client, first) = visitor(&site, &desk, &["before"]).await;
    client.get("/handle/nothing/200").send().await;
    let second = desk.take();
    let apart: Vec<_> = [first.clone(), second.clone()]
        .into_iter()
        .map(|handle| {
            std::thread::spawn(move || {
                rt::Runtime::new().expect("a runtime").block_on(async {
                    for answer in join_all((0..10).map(|_| count_up(&handle, "n"))).await {
                        answer.expect("an update");
                    }
                });
            })
        })
        .collect();
    let by_handles = join_all([&first, &second].map(async |handle| {
        for _ in 0..5 {
            count_up(handle, "n").await.expect("an update");
        }
    }));
    let by_requests = join_all((0..20).map(|_| client.get("/add/n").send()));
    let (_, replies) = futures_util::join!(by_handles, by_requests);
    assert!(replies.iter().all(|reply| reply.status == 200));
    while apart.iter().any(|thread| !thread.is_finished()) {
        rt::task::yield_now().await;
    }
    for thread in apart {
        thread.join().expect("a thread that did not panic");
    }
    assert_eq!(text(&client, "/count/n").await, "50");
    assert_eq!(text(&client, "/get/before").await, "old");
}

/// C1
/// The function runs again, on what is there now, and both changes are kept.
#[actix_web::test]
async fn a_handle_that_was_overtaken_runs_its_function_again() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let pause = site.backend.pause_next(Replace);
    let slow = rt::spawn(async move {
        handle
            .update(|session| {
                let names = session.keys().join(",");
                session.insert("saw", &names)?;
                Ok(names)
            })
            .await
    });
    pause.reached().await;
    client.get("/set/meanwhile/1").send().await;
    pause.release();
    let answer = slow.await.expect("a task that did not panic").expect("an update");
    assert_eq!(answer, "before,meanwhile");
    assert_eq!(text(&client, "/get/saw").await, "before,meanwhile");
    assert_eq!(text(&client, "/keys").await, "before,meanwhile,saw");
}

/// C1
/// The other way round: a request that was overtaken by a handle.
#[actix_web::test]
async fn a_request_that_a_handle_overtook_keeps_what_it_wrote() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let pause = site.backend.pause_next(Replace);
    let slow = rt::spawn(client.get("/add/n").send());
    pause.reached().await;
    assert_eq!(count_up(&handle, "n").await.expect("an update"), 1);
    handle
        .update(|session| session.insert("theirs", "yes"))
        .await
        .expect("an update");
    pause.release();
    slow.await.expect("the request is answered");
    assert_eq!(text(&client, "/count/n").await, "2");
    assert_eq!(text(&client, "/get/theirs").await, "yes");
}

/// C8
#[actix_web::test]
async fn messages_that_handles_add_arrive_once_and_in_order() {
    let (site, desk) = site();
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    for text in ["first", "second"] {
        handle
            .update(|session| session.add_flash(text))
            .await
            .expect("an update");
    }
    assert_eq!(text(&client, "/flashes").await, "first,second");
    assert_eq!(text(&client, "/flashes").await, "");
}

/// T14, T15
/// One command to look, two to change, and none to write what is there already.
#[actix_web::test]
async fn each_call_costs_the_commands_it_needs() {
    let (site, desk) = site();
    let (_client, handle) = visitor(&site, &desk, &["before"]).await;
    let commands = |expected: &[Operation], what: &str| {
        assert_eq!(site.backend.take_operations(), expected, "{what}");
    };
    site.backend.take_operations();
    handle
        .read(|session| session.get::<String>("before"))
        .await
        .expect("a read");
    commands(&[Load], "a read");
    handle
        .update(|session| session.insert("before", "old"))
        .await
        .expect("an update");
    commands(&[Load], "an equal insert");
    handle
        .update(|session| {
            session.insert("before", "other")?;
            session.insert("before", "old")
        })
        .await
        .expect("an update");
    commands(&[Load], "a change and back");
    handle
        .update(|session| session.insert("before", "new"))
        .await
        .expect("an update");
    commands(&[Load, Replace], "a change");
    site.later(7 * 86_400);
    handle.update(|_| Ok(())).await.expect("an update");
    commands(&[Load, Touch], "a use after long");
    handle.update(|_| Ok(())).await.expect("an update");
    commands(&[Load], "a use soon after");
}

/// S57
#[actix_web::test]
async fn each_update_has_one_line_in_the_log_with_the_mark_of_its_session() {
    let log = logs::capture();
    let (site, desk) = crate::pages::site_with(|builder| builder.cookie_name("watched"));
    let (client, handle) = visitor(&site, &desk, &["before"]).await;
    let mark = log.mark();
    client.get("/set/a/1").send().await;
    let request = log.lines(mark, "watched (memory) #");
    let session_mark = request
        .iter()
        .find_map(|line| line.split('#').nth(1)?.get(..8))
        .expect("a request's line has a mark")
        .to_owned();
    for (change, fate) in [(true, "saved"), (false, "unchanged")] {
        let mark = log.mark();
        handle
            .update(|session| if change { session.insert("a", 2) } else { Ok(()) })
            .await
            .expect("an update");
        let lines = log.lines(mark, &format!("watched (memory) #{session_mark}"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(&format!("fate=\"{fate}\"")), "{lines:?}");
    }
    handle.destroy().await.expect("a destroy");
}
