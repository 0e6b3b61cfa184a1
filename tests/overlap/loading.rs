//! How the sessions of a handler are loaded and saved together.

use std::future::IntoFuture;

use actix_web::{get, rt};
use futures_util::future::join3;
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, text};
use crate::support::site::Site;

#[with_sessions(default = "securecookie")]
#[get("/joined")]
async fn joined_loads() -> Result<String, SessionError> {
    let cart = || session_store.get_session("cart").backend("memory").into_future();
    let (one, two, three) = join3(cart(), cart(), cart()).await;
    one?.insert("a", 1)?;
    Ok(format!(
        "{:?} {:?}",
        two?.get::<u32>("a")?,
        three?.get::<u32>("a")?
    ))
}

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "memory")]
#[session(name = "prefs", backend = "memory")]
#[get("/three-sessions")]
async fn three_sessions(
    session: &Session,
    cart: &Session,
    prefs: &Session,
) -> Result<&'static str, SessionError> {
    for one in [session, cart, prefs] {
        one.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    }
    Ok("counted")
}

fn site() -> Site {
    Site::new(|app| {
        app.service((joined_loads, three_sessions));
        pages::routes(app);
    })
}

/// T7
#[actix_web::test]
async fn joined_calls_for_one_session_load_it_once() {
    let site = site();
    let client = site.client();
    client.get("/joined").send().await;
    site.backend.take_operations();
    let pause = site.backend.pause_next(Operation::Load);
    let running = rt::spawn(client.get("/joined").send());
    // All three have been asked for by now, and the first is on its way.
    pause.reached().await;
    text(&site.client(), "/sealed/keys").await;
    pause.release();
    let reply = running.await.expect("the request is answered");
    assert_eq!(reply.text(), "Some(1) Some(1)");
    assert_eq!(site.backend.operations(), [Operation::Load]);
}

#[actix_web::test]
async fn the_sessions_of_one_handler_are_loaded_and_saved_at_once() {
    let site = site();
    let client = site.client();
    client.get("/three-sessions").send().await;
    let loads = [(); 3].map(|()| site.backend.pause_next(Operation::Load));
    let saves = [(); 3].map(|()| site.backend.pause_next(Operation::Replace));
    let running = rt::spawn(client.get("/three-sessions").send());
    for operations in [loads, saves] {
        // All have arrived before the first goes on.
        for operation in &operations {
            operation.reached().await;
        }
    }
    assert_eq!(running.await.expect("the request is answered").status, 200);
    assert_eq!(text(&client, "/kept/count/n").await, "2");
}
