//! What is said once, for a module of handlers.

use sessions_runtime::{BackendName, Memory, Session, SessionError, with_sessions};

use crate::support::site::Site;

const AUDIT: BackendName = BackendName::new("audit");

#[with_sessions(default = AUDIT, name = "shopper", same_site = "strict")]
#[session(name = "basket", backend = "memory", idle_timeout = "30m")]
mod shop {
    use actix_web::{get, post, web};

    use super::{SessionError, count, with_sessions};

    #[post("/shop/{sku}")]
    pub(super) async fn add(sku: web::Path<String>) -> Result<String, SessionError> {
        basket.insert(&sku, 1)?;
        count(session)
    }

    #[get("/shop")]
    pub(super) async fn show() -> Result<String, SessionError> {
        Ok(basket.keys().join(" "))
    }

    /// Its own attribute replaces everything.
    #[with_sessions(default = "memory", name = "owner")]
    #[get("/shop/own")]
    pub(super) async fn own() -> Result<String, SessionError> {
        count(session)
    }
}

/// A visitor's session lives long and in the browser, that of who has signed in is short and on the server.
#[with_sessions(default = "securecookie", name = "visitor", session_max_age = "30d")]
#[session(
    name = "account",
    backend = "memory",
    session_max_age = "12h",
    idle_timeout = "15m"
)]
mod accounts {
    use actix_web::{get, post, web};

    use super::SessionError;

    #[post("/sign-in/{user}")]
    pub(super) async fn sign_in(user: web::Path<String>) -> Result<String, SessionError> {
        account.renew();
        account.insert("user", user.into_inner())?;
        Ok(String::new())
    }

    #[post("/sign-out")]
    pub(super) async fn sign_out() -> Result<String, SessionError> {
        account.destroy();
        Ok(String::new())
    }

    #[get("/who")]
    pub(super) async fn who() -> Result<String, SessionError> {
        let visits = session.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1)?;
        Ok(format!("{:?}, visit {visits}", account.get::<String>("user")?))
    }
}

fn count(session: &Session) -> Result<String, SessionError> {
    let count = session.update("count", |count: Option<u32>| count.unwrap_or(0) + 1)?;
    Ok(format!("{} on {}: {count}", session.name(), session.backend()))
}

fn site() -> Site {
    Site::with(
        |builder| builder.backend(AUDIT, Memory::new()),
        |app| {
            app.service((shop::own, shop::add, shop::show)).service((
                accounts::sign_in,
                accounts::sign_out,
                accounts::who,
            ));
        },
    )
}

/// P16
#[actix_web::test]
async fn a_module_s_sessions_are_those_of_each_of_its_handlers() {
    let site = site();
    let client = site.client();
    let reply = client.post("/shop/tea").send().await;
    assert_eq!(reply.text(), "shopper on audit: 1");
    let cookie = reply
        .set_cookie("__Host-shopper")
        .expect("the default session's cookie");
    assert_eq!(cookie.same_site.as_deref(), Some("Strict"));
    assert!(reply.set_cookie("__Host-basket").is_some());
    assert_eq!(
        client.post("/shop/oolong").send().await.text(),
        "shopper on audit: 2"
    );
    assert_eq!(client.get("/shop").send().await.text(), "oolong tea");
}

/// P16
#[actix_web::test]
async fn a_handler_s_own_attribute_replaces_that_of_its_module() {
    let site = site();
    let reply = site.client().get("/shop/own").send().await;
    assert_eq!(reply.text(), "owner on memory: 1");
    let cookie = reply
        .set_cookie("__Host-owner")
        .expect("the default session's cookie");
    assert_eq!(cookie.same_site.as_deref(), Some("Lax"));
}

/// S67
#[actix_web::test]
async fn an_anonymous_and_an_authenticated_session_live_side_by_side_and_end_apart() {
    let site = site();
    let client = site.client();
    assert_eq!(client.get("/who").send().await.text(), "None, visit 1");
    let reply = client.post("/sign-in/ada").send().await;
    assert!(reply.set_cookie("__Host-account").is_some());
    assert_eq!(client.get("/who").send().await.text(), r#"Some("ada"), visit 2"#);

    // The short one ends, the long one does not.
    site.later(16 * 60);
    assert_eq!(client.get("/who").send().await.text(), "None, visit 3");

    // Signing out ends one of them.
    client.post("/sign-in/bob").send().await;
    assert_eq!(client.get("/who").send().await.text(), r#"Some("bob"), visit 4"#);
    let reply = client.post("/sign-out").send().await;
    assert!(
        reply
            .set_cookie("__Host-account")
            .expect("its removal")
            .is_removal()
    );
    assert!(reply.set_cookie("__Host-visitor").is_none());
    assert_eq!(client.get("/who").send().await.text(), "None, visit 5");
}
