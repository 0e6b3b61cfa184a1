//! How many commands a request costs its backend, counted.

use actix_web::{HttpResponse, get};
use sessions_runtime::testing::Operation::{self, Create, Delete, Load, Replace, Touch};
use sessions_runtime::{SessionError, with_sessions};

use crate::pages::{self, COOKIE, crossed, joined, visitor};
use crate::support::site::Site;

/// Declares what it does not use.
#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "memory")]
#[get("/unused")]
async fn unused() -> Result<&'static str, SessionError> {
    session_store.set_cookie("seen", "yes")?;
    Ok("unused")
}

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "memory")]
#[get("/nothing")]
async fn nothing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// One of two is mentioned, in a format string.
#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "memory")]
#[get("/one-of-two")]
async fn one_of_two() -> String {
    format!("{cart:?}")
}

#[with_sessions(default = "memory")]
#[get("/shows-and-changes")]
async fn shows_and_changes() -> Result<String, SessionError> {
    let shown = joined(&session.take_flashes().await?);
    session.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(shown)
}

fn site() -> Site {
    Site::new(|app| {
        app.service((unused, nothing, one_of_two, shows_and_changes, at_hand));
        pages::routes(app);
    })
}

#[actix_web::test]
async fn each_request_costs_the_commands_it_needs_and_no_more() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let requests: [(&str, &[Operation]); 17] = [
        ("/kept/keys", &[Load]),
        ("/kept/origin", &[Load]),
        ("/kept/set/a/1", &[Load, Replace]),
        ("/kept/set/a/1", &[Load]),
        ("/kept/add/n", &[Load, Replace]),
        ("/kept/flashes", &[Load, Replace]),
        ("/kept/flashes", &[Load]),
        ("/kept/flash/hello", &[Load, Replace]),
        ("/shows-and-changes", &[Load, Replace, Replace]),
        ("/shows-and-changes", &[Load, Replace]),
        ("/kept/renew/a", &[Load, Create, Replace]),
        ("/kept/login/ada", &[Load, Create, Replace]),
        ("/kept/clear", &[Load, Replace]),
        ("/kept/clear", &[Load]),
        ("/kept/logout", &[Load, Delete]),
        ("/kept/keys", &[]),
        ("/kept/set/a/1", &[Create]),
    ];
    for (path, expected) in requests {
        site.backend.take_operations();
        assert_eq!(client.get(path).send().await.status, 200, "{path}");
        assert_eq!(site.backend.take_operations(), expected, "{path}");
    }
}

/// C1
#[actix_web::test]
async fn a_conflict_costs_two_commands_more() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    for slow in ["/kept/set/a/1", "/kept/add/n", "/kept/flash/hello"] {
        site.backend.take_operations();
        crossed(&site, &client, (slow, Replace), "/kept/add/other").await;
        let expected = [Load, Replace, Load, Replace, Load, Replace];
        assert_eq!(site.backend.take_operations(), expected, "{slow}");
    }
}

/// P47, G3
#[actix_web::test]
async fn what_a_body_does_not_mention_is_not_loaded() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    site.backend.take_operations();
    for path in ["/unused", "/nothing"] {
        let reply = client.get(path).send().await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.set_cookie(COOKIE).is_none(), "{path}");
        assert_eq!(reply.header("vary"), None, "{path}");
        assert!(site.backend.operations().is_empty(), "{path}");
    }
    assert!(client.get("/one-of-two").send().await.text().contains("cart"));
    assert!(
        site.backend.operations().is_empty(),
        "only `cart` is loaded, and the browser has no cookie of it"
    );
}

/// Has its session, and asks nothing of it.
#[with_sessions(default = "memory")]
#[get("/at-hand")]
async fn at_hand() -> &'static str {
    let _ = session;
    "at hand"
}

/// C9
/// A session that is loaded and not asked is not kept alive by that.
#[actix_web::test]
async fn who_asks_nothing_of_a_session_does_not_touch_it() {
    let site = site();
    let client = visitor(&site, &["before"]).await;
    for (path, expected) in [("/at-hand", &[Load][..]), ("/kept/keys", &[Load, Touch])] {
        site.later(7 * 86_400);
        site.backend.take_operations();
        assert_eq!(client.get(path).send().await.status, 200);
        assert_eq!(site.backend.take_operations(), expected, "{path}");
    }
}

/// C9
#[actix_web::test]
async fn a_touch_costs_one_command_once_in_a_tenth_of_the_idle_time() {
    let site = pages::site_with(|builder| builder.idle_timeout(std::time::Duration::from_secs(1_000)));
    let client = visitor(&site, &["before"]).await;
    let steps: [(u64, &[Operation]); 5] = [
        (0, &[Load]),
        (99, &[Load]),
        (1, &[Load, Touch]),
        (99, &[Load]),
        (1, &[Load, Touch]),
    ];
    for (seconds, expected) in steps {
        site.later(seconds);
        site.backend.take_operations();
        let reply = client.get("/kept/keys").send().await;
        assert!(reply.set_cookies().is_empty());
        assert_eq!(site.backend.take_operations(), expected, "{seconds}");
    }
}
