//! Several sessions in one request, on one backend and on several.

use actix_web::{get, web};
use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::support::site::Site;

/// Three sessions: two on one backend, one on another.
#[with_sessions(default = "securecookie")]
#[session(name = "basket", backend = "memory")]
#[session(name = "wishes", backend = "memory")]
#[get("/add/{where_to}")]
async fn add_to(where_to: web::Path<String>) -> Result<String, SessionError> {
    let add = |one: &Session| one.update("tea", |n: Option<u32>| n.unwrap_or(0) + 1);
    for one in [session, basket, wishes] {
        if *where_to == one.name() || *where_to == "all" {
            add(one)?;
        }
    }
    let told = [session, basket, wishes].map(|one| {
        let tea = one.get::<u32>("tea").ok().flatten().unwrap_or_default();
        format!("{} {} {tea}", one.name(), one.backend())
    });
    Ok(told.join(", "))
}

/// The same further session, asked of the store by cookie name and backend.
#[with_sessions(default = "securecookie")]
#[get("/ask")]
async fn ask() -> Result<String, SessionError> {
    let basket = session_store.get_session("basket").backend("memory").await?;
    basket
        .update("tea", |n: Option<u32>| n.unwrap_or(0) + 10)
        .map(|n| n.to_string())
}

/// Asks for one session only, though three are declared.
#[with_sessions(default = "memory")]
#[session(name = "basket", backend = "memory")]
#[session(name = "wishes", backend = "memory")]
#[get("/one")]
async fn only_wishes() -> Result<String, SessionError> {
    Ok(wishes.len().to_string())
}

#[with_sessions(default = "memory")]
#[session(name = "basket", backend = "memory")]
#[get("/none")]
async fn unmentioned() -> &'static str {
    "none"
}

/// Speaks of the store only.
#[with_sessions(default = "memory")]
#[get("/store_only")]
async fn store_only() -> Result<&'static str, SessionError> {
    session_store.set_cookie("seen", "yes")?;
    Ok("store")
}

#[get("/bare")]
async fn bare() -> &'static str {
    "bare"
}

#[with_sessions(default = "securecookie")]
#[session(name = "basket", backend = "memory")]
#[session(name = "wishes", backend = "memory")]
#[get("/mentions/{way}")]
async fn mentions(way: web::Path<String>) -> String {
    let closure = || wishes.is_new();
    match way.as_str() {
        "placeholder" => format!("{basket:?}"),
        _ => closure().to_string(),
    }
}

fn site() -> Site {
    Site::new(|app| {
        app.service((add_to, ask, only_wishes, unmentioned, store_only, bare, mentions));
    })
}

/// G6, G7, G8, G10, T10
#[actix_web::test]
async fn sessions_of_one_request_are_independent() {
    let site = site();
    let client = site.client();
    let text = client.get("/add/all").send().await.text();
    assert_eq!(text, "session securecookie 1, basket memory 1, wishes memory 1");
    for name in ["__Host-session", "__Host-basket", "__Host-wishes"] {
        assert!(client.cookie(name).is_some(), "{name}");
    }
    for (name, expected) in [
        (
            "basket",
            "session securecookie 1, basket memory 2, wishes memory 1",
        ),
        (
            "wishes",
            "session securecookie 1, basket memory 2, wishes memory 2",
        ),
        (
            "session",
            "session securecookie 2, basket memory 2, wishes memory 2",
        ),
        (
            "nobody",
            "session securecookie 2, basket memory 2, wishes memory 2",
        ),
    ] {
        let reply = client.get(&format!("/add/{name}")).send().await;
        assert_eq!(reply.text(), expected);
        let sealed = usize::from(name == "session");
        assert_eq!(
            reply.set_cookies().len(),
            sealed,
            "{name}: only what changed is sent"
        );
    }
}

/// T10
#[actix_web::test]
async fn losing_one_cookie_loses_one_session() {
    let site = site();
    let client = site.client();
    client.get("/add/all").send().await;
    client.set_raw_cookie("__Host-basket", "forged");
    let text = client.get("/add/nobody").send().await.text();
    assert_eq!(text, "session securecookie 1, basket memory 0, wishes memory 1");
    // The two live on one backend, and their ids are not interchangeable.
    client.set_raw_cookie(
        "__Host-basket",
        &client.cookie("__Host-wishes").unwrap_or_default(),
    );
    let text = client.get("/add/nobody").send().await.text();
    assert_eq!(text, "session securecookie 1, basket memory 0, wishes memory 1");
}

/// G9, T9
#[actix_web::test]
async fn a_declared_session_and_one_asked_of_the_store_are_the_same() {
    let site = site();
    let client = site.client();
    client.get("/add/basket").send().await;
    assert_eq!(client.get("/ask").send().await.text(), "11");
    let text = client.get("/add/nobody").send().await.text();
    assert_eq!(text, "session securecookie 0, basket memory 11, wishes memory 0");
}

/// G3, P47
#[actix_web::test]
async fn only_what_a_handler_asks_for_is_loaded() {
    let site = site();
    let client = site.client();
    client.get("/add/all").send().await;
    for (path, loads) in [
        ("/one", 1),
        ("/none", 0),
        ("/store_only", 0),
        ("/bare", 0),
        ("/add/nobody", 2),
    ] {
        site.backend.take_operations();
        let reply = client.get(path).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            site.backend.take_operations(),
            vec![Operation::Load; loads],
            "{path}"
        );
        let varies = reply.header("vary").is_some();
        assert_eq!(
            varies,
            loads > 0,
            "{path}: no other handler pays, also not in the cache"
        );
    }
}

/// P47
#[actix_web::test]
async fn a_placeholder_and_a_closure_are_mentions() {
    let site = site();
    let client = site.client();
    client.get("/add/all").send().await;
    site.backend.take_operations();
    let text = client.get("/mentions/placeholder").send().await.text();
    assert!(text.contains("Loaded") && text.contains("entries: 1"), "{text}");
    assert_eq!(client.get("/mentions/closure").send().await.text(), "false");
    assert_eq!(site.backend.take_operations(), [Operation::Load; 4]);
}
