//! A session that was signed out stays so, whatever was in flight.

use actix_web::{get, rt, web};
use sessions_runtime::testing::{Client, Operation, Reply, SetCookie};
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, crossed, id_of, text, text_with};
use crate::support::gate::Gate;
use crate::support::logs;
use crate::support::site::Site;

/// Saves in the middle, and says how that went.
#[with_sessions(default = "memory")]
#[get("/saves")]
async fn saves() -> Result<String, SessionError> {
    session.insert("a", 1)?;
    let saved = session.save().await;
    Ok(saved.map_or_else(
        |err| format!("{:?} {}", err.kind(), err.is_gone()),
        |()| "saved".to_owned(),
    ))
}

#[with_sessions(default = "memory")]
#[get("/slow/{what}")]
async fn slow_deed(
    session: &Session,
    what: web::Path<String>,
    gate: web::Data<Gate>,
) -> Result<&'static str, SessionError> {
    match &**what {
        "write" => session.insert("a", 1)?,
        "update" => drop(session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?),
        "renew" => session.renew(),
        "clear" => session.clear(),
        "flash" => session.add_flash("hello")?,
        "remember" => session.remember_for(std::time::Duration::from_secs(1_000)),
        "forget" => session.browser_session(),
        "destroy" => session.destroy(),
        "read" => drop(session.get::<String>("user")?),
        _ => {
            session.clear();
            session.insert("user", "other")?;
            session.renew();
        }
    }
    gate.pass().await;
    Ok("done")
}

/// A signed-in browser.
async fn signed_in(site: &Site) -> Client {
    let client = site.client();
    client.get("/kept/set/before/1").send().await;
    client.get("/kept/login/ada").send().await;
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
    client
}

/// No cookie that anybody ever got opens the session.
async fn assert_ended(site: &Site, cookies: &[String], what: &str) {
    for cookie in cookies {
        assert_eq!(text_with(site, cookie, "/kept/get/before").await, "-", "{what}");
        assert_eq!(text_with(site, cookie, "/kept/get/user").await, "-", "{what}");
    }
}

fn issued(replies: &[&Reply]) -> Vec<String> {
    replies
        .iter()
        .flat_map(|reply| reply.set_cookies())
        .map(|cookie| cookie.value)
        .collect()
}

/// C5, S9
/// The counter-example "write + destroy": no removal cookie either, which would sign out whoever has just signed in.
#[actix_web::test]
async fn a_write_to_a_session_that_ended_is_dropped_and_logged_and_sends_no_cookie() {
    let log = logs::capture();
    let site = pages::site_with(|builder| builder.cookie_name("watched"));
    for path in [
        "/kept/set/a/1",
        "/kept/add/n",
        "/kept/clear",
        "/kept/flash/hello",
        "/kept/remember/60",
        "/kept/forget",
    ] {
        let client = signed_in(&site).await;
        let mark = log.mark();
        let (slow, fast) = crossed(&site, &client, (path, Operation::Replace), "/kept/logout").await;
        assert_eq!(slow.status, 200, "{path}");
        assert!(slow.set_cookies().is_empty(), "{path}");
        assert!(fast.set_cookies().iter().any(SetCookie::is_removal));
        let told = log.lines(mark, "the session was ended by another request");
        assert!(
            told.iter().any(|line| line.contains("watched")),
            "{path}: {told:?}"
        );
    }
    site.later(61);
    assert!(
        site.memory
            .dump()
            .iter()
            .all(|(_, record)| record.expiry < site.clock.now()),
        "no record came back"
    );
}

/// C5
/// The counter-examples "renew + destroy", with a pause before every command of either side.
#[actix_web::test]
async fn no_order_of_commands_brings_a_signed_out_session_back() {
    let site = pages::site();
    let orders = [
        ("/kept/set/a/1", Operation::Load, "/kept/logout"),
        ("/kept/set/a/1", Operation::Replace, "/kept/logout"),
        ("/kept/add/n", Operation::Replace, "/kept/logout"),
        ("/kept/renew/a", Operation::Load, "/kept/logout"),
        ("/kept/renew/a", Operation::Create, "/kept/logout"),
        ("/kept/renew/a", Operation::Replace, "/kept/logout"),
        ("/kept/logout", Operation::Load, "/kept/set/a/1"),
        ("/kept/logout", Operation::Delete, "/kept/set/a/1"),
        ("/kept/logout", Operation::Delete, "/kept/add/n"),
        ("/kept/logout", Operation::Delete, "/kept/renew/a"),
        ("/kept/logout", Operation::Delete, "/kept/clear"),
        ("/kept/logout", Operation::Delete, "/kept/logout"),
        ("/kept/logout", Operation::Delete, "/kept/flash/hello"),
    ];
    for (slow_path, operation, fast_path) in orders {
        let what = format!("{slow_path} before {operation:?}, {fast_path}");
        let client = signed_in(&site).await;
        let mut cookies = vec![id_of(&client)];
        let (slow, fast) = crossed(&site, &client, (slow_path, operation), fast_path).await;
        assert_eq!((slow.status.as_u16(), fast.status.as_u16()), (200, 200), "{what}");
        cookies.extend(issued(&[&slow, &fast]));
        assert_ended(&site, &cookies, &what).await;
    }
}

/// C5
/// A renewal that finds its session ended takes the record back that it had made already.
#[actix_web::test]
async fn a_renewal_of_an_ended_session_leaves_no_record() {
    let site = pages::site();
    for operation in [Operation::Create, Operation::Replace] {
        let client = signed_in(&site).await;
        site.later(61);
        let (slow, _) = crossed(&site, &client, ("/kept/renew/a", operation), "/kept/logout").await;
        assert!(slow.set_cookies().is_empty());
        site.later(61);
        assert!(
            site.memory
                .dump()
                .iter()
                .all(|(_, record)| record.expiry < site.clock.now())
        );
    }
}

/// C5
#[actix_web::test]
async fn after_a_sign_out_nothing_that_was_in_flight_opens_the_session() {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::new(move |app| {
        app.app_data(data.clone()).service(slow_deed);
        pages::routes(app);
    });
    let client = signed_in(&site).await;
    let mut cookies = vec![id_of(&client)];
    let deeds = [
        "write", "update", "renew", "clear", "flash", "remember", "forget", "destroy", "read", "login",
        "renew",
    ];
    let running: Vec<_> = deeds
        .iter()
        .map(|deed| rt::spawn(client.get(&format!("/slow/{deed}")).send()))
        .collect();
    for _ in deeds {
        gate.arrived().await;
    }
    let out = client.get("/kept/logout").send().await;
    for _ in deeds {
        gate.open();
    }
    cookies.extend(issued(&[&out]));
    for (deed, reply) in deeds.iter().zip(running) {
        let reply = reply.await.expect("the request is answered");
        assert_eq!(reply.status, 200, "{deed}");
        // Only another sign-out may say that it is one.
        assert!(reply.set_cookies().is_empty() || *deed == "destroy", "{deed}");
        cookies.extend(issued(&[&reply]));
    }
    assert_ended(&site, &cookies, "sign-out among eleven requests").await;
}

/// C5
/// The counter-example "logged out": the old session's request ends after its user has signed in again.
#[actix_web::test]
async fn a_late_answer_of_the_old_session_does_not_touch_the_new_one() {
    let site = pages::site();
    for path in ["/kept/set/a/1", "/kept/renew/a", "/kept/flash/hello"] {
        let client = signed_in(&site).await;
        let pause = site.backend.pause_next(Operation::Replace);
        let late = rt::spawn(client.get(path).send());
        pause.reached().await;
        client.get("/kept/logout").send().await;
        client.get("/kept/login/grace").send().await;
        pause.release();
        let late = late.await.expect("the request is answered");
        assert!(late.set_cookies().is_empty(), "{path}");
        assert_eq!(text(&client, "/kept/get/user").await, "grace", "{path}");
        assert_eq!(text(&client, "/kept/keys").await, "user", "{path}");
    }
}

/// C5
/// The caller who has to know gets a typed answer.
#[actix_web::test]
async fn saving_a_session_that_ended_says_gone() {
    let site = Site::new(|app| {
        app.service(saves);
        pages::routes(app);
    });
    let client = signed_in(&site).await;
    let (slow, _) = crossed(&site, &client, ("/saves", Operation::Replace), "/kept/logout").await;
    assert_eq!(slow.status, 200, "it was the handler's to decide");
    assert!(slow.set_cookies().is_empty());
    assert_eq!(slow.text(), "Gone true");
    assert_eq!(text(&signed_in(&site).await, "/saves").await, "saved");
}
