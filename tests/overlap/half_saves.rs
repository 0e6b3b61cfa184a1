//! Two sessions of one request on two backends: saved together, or the browser hears of neither.

use actix_web::{get, web};
use sessions_runtime::testing::{Client, Failure, Interposer, Operation};
use sessions_runtime::{Memory, Session, SessionError, with_sessions};

use crate::pages::{self, COOKIE, id_of, text, text_with};
use crate::support::site::Site;

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "redis")]
#[session(name = "prefs", backend = "securecookie")]
#[get("/three/{how}")]
async fn three(
    session: &Session,
    cart: &Session,
    prefs: &Session,
    how: web::Path<String>,
) -> Result<&'static str, SessionError> {
    session.insert("three", &*how)?;
    cart.insert("three", &*how)?;
    prefs.insert("three", &*how)?;
    match &**how {
        "renew" => session.renew(),
        "renew-both" => {
            session.renew();
            cart.renew();
        }
        "destroy" => session.destroy(),
        _ => {}
    }
    Ok("done")
}

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "redis")]
#[session(name = "prefs", backend = "securecookie")]
#[get("/all")]
async fn all() -> Result<String, SessionError> {
    let value = |one: &Session| {
        one.get::<String>("three")
            .map(|value| value.unwrap_or_else(|| "-".to_owned()))
    };
    Ok(format!("{} {} {}", value(session)?, value(cart)?, value(prefs)?))
}

/// A site with a second backend.
fn site() -> (Site, Interposer, Memory) {
    let second = Memory::new();
    let backend = Interposer::new(second.clone());
    let given = backend.clone();
    let site = Site::with(
        |builder| builder.backend("redis", given),
        |app| {
            app.service((three, all));
            pages::routes(app);
        },
    );
    (site, backend, second)
}

async fn shopper(site: &Site) -> Client {
    let client = site.client();
    assert_eq!(client.get("/three/old").send().await.set_cookies().len(), 3);
    assert_eq!(text(&client, "/all").await, "old old old");
    client
}

/// C15, P25
#[actix_web::test]
async fn where_one_of_two_backends_fails_no_session_cookie_is_sent() {
    let (site, second, _) = site();
    for (how, operation) in [
        ("new", Operation::Replace),
        ("renew", Operation::Replace),
        ("renew-both", Operation::Create),
        ("destroy", Operation::Replace),
    ] {
        let client = shopper(&site).await;
        let (id, cart, prefs) = (
            id_of(&client),
            client.cookie("__Host-cart"),
            client.cookie("__Host-prefs"),
        );
        let records = site.memory.len();
        second.fail_next(operation, Failure::Before);
        let reply = client.get(&format!("/three/{how}")).send().await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (503, ""), "{how}");
        assert!(reply.set_cookies().is_empty(), "{how}");
        assert_eq!(
            (client.cookie("__Host-cart"), client.cookie("__Host-prefs")),
            (cart, prefs),
            "{how}"
        );
        // A renewed session is as it was, since that step comes only after every save; a destroyed one ends whatever the
        // response.
        let value = text_with(&site, &id, "/kept/get/three").await;
        let (expected, left) = match how {
            "new" => ("new", records),
            "destroy" => ("-", records - 1),
            _ => ("old", records),
        };
        assert_eq!(value, expected, "{how}");
        assert_eq!(site.memory.len(), left, "{how}: new records are removed");
    }
}

/// C15
#[actix_web::test]
async fn records_that_a_failed_request_made_are_removed_again() {
    let (site, second, second_memory) = site();
    let client = site.client();
    second.fail_next(Operation::Create, Failure::Before);
    let reply = client.get("/three/new").send().await;
    assert_eq!(reply.status, 503);
    assert!(reply.set_cookies().is_empty());
    assert!(site.memory.is_empty() && second_memory.is_empty());

    site.backend.fail_next(Operation::Create, Failure::Before);
    assert_eq!(client.get("/three/new").send().await.status, 503);
    assert!(site.memory.is_empty() && second_memory.is_empty());
    assert_eq!(client.cookie(COOKIE), None);
}

/// C15
#[actix_web::test]
async fn after_a_half_save_the_same_browser_goes_on() {
    let (site, second, _) = site();
    let client = shopper(&site).await;
    second.fail_next(Operation::Replace, Failure::Before);
    client.get("/three/renew").send().await;
    assert_eq!(text(&client, "/all").await, "old old old");
    assert_eq!(client.get("/three/renew").send().await.status, 200);
    assert_eq!(text(&client, "/all").await, "renew renew renew");
}

/// C15
#[actix_web::test]
async fn a_failing_backend_does_not_stop_handlers_that_do_not_use_it() {
    let (site, second, _) = site();
    let client = shopper(&site).await;
    second.set_down(true);
    assert_eq!(text(&client, "/kept/get/three").await, "old");
    assert_eq!(client.get("/all").send().await.status, 503);
    second.set_down(false);
    assert_eq!(text(&client, "/all").await, "old old old");
}
