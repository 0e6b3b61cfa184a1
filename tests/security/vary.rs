//! `Vary: Cookie`, for every method by which a handler can look at a session, one at a time.

use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get};
use serde::{Deserialize, Serialize};
use sessions_runtime::{Flash, Level, Session, SessionError, SessionStore, with_sessions};

use crate::app::{self, KINDS, sign_in};
use crate::support::site::Site;

#[derive(Serialize, Deserialize)]
struct Notice;

impl Flash for Notice {
    const QUEUE: &'static str = "notices";
}

/// The methods by name, and a function that calls the one it is told to, alone.
macro_rules! methods {
    ($names:ident, $call:ident($session:ident): $($name:ident => $expression:expr,)+) => {
        const $names: &[&str] = &[$(stringify!($name)),+];

        async fn $call($session: &Session, name: &str) -> Result<(), SessionError> {
            match name {
                $(stringify!($name) => drop($expression),)+
                other => panic!("`{other}` is not in the table"),
            }
            Ok(())
        }
    };
}

methods!(METHODS, call(session):
    get => session.get::<String>("user")?,
    contains_key => session.contains_key("user"),
    len => session.len(),
    is_empty => session.is_empty(),
    keys => session.keys(),
    is_new => session.is_new(),
    origin => session.origin(),
    is_modified => session.is_modified(),
    peek_flashes => session.peek_flashes()?,
    peek_flashes_from => session.peek_flashes_from("sidebar")?,
    peek_flashes_of => session.peek_flashes_of::<Notice>()?,
    take_flashes => session.take_flashes().await?,
    take_flashes_from => session.take_flashes_from("sidebar").await?,
    take_flashes_of => session.take_flashes_of::<Notice>().await?,
    take => session.take::<String>("absent")?,
    insert => session.insert("user", "ada")?,
    remove => session.remove("absent"),
    update => session.update("user", |user: Option<String>| user.unwrap_or_default())?,
    modify => session.modify("user", |_: &mut String| ())?,
    clear => session.clear(),
    add_flash => session.add_flash((Level::Info, "hello"))?,
    add_flash_to => session.add_flash_to("sidebar", "hello")?,
    renew => session.renew(),
    destroy => session.destroy(),
    remember_for => session.remember_for(Duration::from_secs(60)),
    browser_session => session.browser_session(),
    save => session.save().await?,
    handle => session.handle(),
);

/// What says nothing about the visitor, and what is only for logs: their level must not change what is cached.
const CONSTANT: [&str; 3] = ["name", "backend", "debug"];

async fn one(session: &Session, method: &str) -> Result<String, SessionError> {
    match method {
        "nothing" => {}
        "name" => return Ok(session.name().to_owned()),
        "backend" => return Ok(session.backend().to_string()),
        "debug" => tracing::info!(?session, "the application's own line"),
        method => call(session, method).await?,
    }
    Ok("called".to_owned())
}

#[with_sessions(default = "securecookie")]
#[get("/vary/sealed/{method}")]
async fn vary_sealed(session: &Session, method: web::Path<String>) -> Result<impl Responder, SessionError> {
    one(session, &method).await
}

#[with_sessions(default = "memory")]
#[get("/vary/kept/{method}")]
async fn vary_kept(session: &Session, method: web::Path<String>) -> Result<impl Responder, SessionError> {
    one(session, &method).await
}

fn site() -> Site {
    Site::new(|app: &mut ServiceConfig| {
        app.service((vary_sealed, vary_kept, vary_store));
        app::routes(app);
    })
}

/// S38, V19
/// With a cookie and without one: the answer to either depends on it.
#[actix_web::test]
async fn each_method_of_a_session_alone_makes_the_answer_vary() {
    let site = site();
    for kind in KINDS {
        for method in METHODS {
            let path = format!("/vary{kind}/{method}");
            let client = site.client();
            let without = client.get(&path).send().await;
            sign_in(&client, kind).await;
            let with = client.get(&path).send().await;
            for (reply, what) in [(without, "no cookie"), (with, "a cookie")] {
                assert_eq!(reply.status, 200, "{path}, {what}");
                assert_eq!(reply.header("vary"), Some("Cookie"), "{path}, {what}");
            }
        }
    }
}

/// S38
/// A session that is at hand but not looked at leaves the page as cacheable as it was.
#[actix_web::test]
async fn what_says_nothing_about_the_visitor_does_not_make_the_answer_vary() {
    let site = site();
    for kind in KINDS {
        for method in CONSTANT.iter().chain(&["nothing"]) {
            let client = site.client();
            sign_in(&client, kind).await;
            let reply = client.get(&format!("/vary{kind}/{method}")).send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("vary")),
                (200, None),
                "{kind}: {method}"
            );
            assert!(reply.set_cookies().is_empty(), "{kind}: {method}");
        }
    }
}

/// S38, V19
/// Whoever adds a method to `Session` adds a row to the table.
#[test]
fn the_table_of_methods_is_complete() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sessions-runtime/src/session");
    let mut found = Vec::new();
    let mut paths = vec![std::path::PathBuf::from(folder)];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let inside = std::fs::read_dir(path).expect("the folder of `Session`");
            paths.extend(inside.map(|file| file.expect("a file").path()));
            continue;
        }
        let source = std::fs::read_to_string(path).expect("a source file");
        let mut inside = false;
        for line in source.lines() {
            inside = line == "impl Session {" || (inside && line != "}");
            let line = line.trim_start();
            let name = line
                .strip_prefix("pub fn ")
                .or_else(|| line.strip_prefix("pub async fn "));
            let name = name
                .and_then(|rest| rest.split(['(', '<']).next())
                .filter(|_| inside);
            found.extend(name.map(str::to_owned));
        }
    }
    assert!(
        found.len() >= METHODS.len(),
        "the methods are where this test looks for them: {found:?}"
    );
    for name in &found {
        assert!(
            METHODS.contains(&&**name) || CONSTANT.contains(&&**name),
            "`{name}` is in neither table"
        );
    }
}

async fn ask(store: &SessionStore, what: &str) -> Result<String, SessionError> {
    match what {
        "config" => return Ok(store.config().cookie_name().to_owned()),
        "get_session" => drop(store.get_session("session").await?),
        "loaded_session" => drop(store.loaded_session("session")),
        "set_cookie" => store.set_cookie("own", "1")?,
        "get_secure_cookie" => drop(store.get_secure_cookie::<String>("invite")?),
        "read" => return Ok(store.get_session("session").await?.len().to_string()),
        "guard" => {
            return Ok(store
                .loaded_session("session")
                .map_or(0, |session| session.len())
                .to_string());
        }
        other => panic!("`{other}` is not asked"),
    }
    Ok("asked".to_owned())
}

#[with_sessions]
#[get("/vary/store/{what}")]
async fn vary_store(
    session_store: &SessionStore,
    what: web::Path<String>,
) -> Result<impl Responder, SessionError> {
    ask(session_store, &what).await
}

/// S38
#[actix_web::test]
async fn what_the_store_reads_of_the_visitor_makes_the_answer_vary() {
    let site = site();
    let client = site.client();
    sign_in(&client, "/sealed").await;
    for (what, expected) in [
        ("config", None),
        ("get_session", None),
        ("loaded_session", None),
        ("set_cookie", None),
        ("get_secure_cookie", Some("Cookie")),
        ("read", Some("Cookie")),
        ("guard", Some("Cookie")),
    ] {
        let reply = client.get(&format!("/vary/store/{what}")).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("vary")),
            (200, expected),
            "{what}"
        );
    }
}
