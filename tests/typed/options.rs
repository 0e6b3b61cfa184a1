//! What is said on the type, in the handler and in the configuration, and who wins.

use std::time::Duration;

use actix_web::get;
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Reply;
use sessions_runtime::{BackendName, Memory, SameSite, SessionData, SessionError, with_sessions};

use crate::support::site::Site;

/// A backend of the application's own.
const AUDIT: BackendName = BackendName::new("audit");

/// Declares a type with one counter, and handlers that count in it and say where it is.
macro_rules! counter {
    ($data:ident, ($($on_type:tt)*), $count:ident, $path:literal, ($($in_handler:tt)*)) => {
        #[derive(Serialize, Deserialize, Default, SessionData)]
        #[session($($on_type)*)]
        struct $data {
            count: u32,
        }

        #[with_sessions]
        #[session($data, ident = data, $($in_handler)*)]
        #[get($path)]
        async fn $count() -> Result<String, SessionError> {
            data.count += 1;
            let handle = session_store.session::<$data>().await?;
            Ok(format!("{} on {}: {}", handle.untyped().name(), handle.untyped().backend(), data.count))
        }
    };
}

counter!(
    OnType,
    (
        name = "on_type",
        backend = "memory",
        session_max_age = "2m",
        same_site = "strict",
        http_only = false
    ),
    on_type,
    "/on_type",
    ()
);
counter!(
    InHandler,
    (
        name = "in_handler",
        backend = "memory",
        session_max_age = "2m",
        same_site = "strict"
    ),
    in_handler,
    "/in_handler",
    (session_max_age = "3m", secure)
);
counter!(
    Configured,
    (backend = "memory", session_max_age = "2m"),
    configured,
    "/configured",
    ()
);
counter!(
    ByPath,
    (name = "by_path", backend = AUDIT, browser_session),
    by_path,
    "/by_path",
    ()
);
counter!(
    Elsewhere,
    (name = "elsewhere", backend = "memory"),
    elsewhere,
    "/elsewhere",
    (backend = self::AUDIT)
);
counter!(
    Renamed,
    (name = "of_renamed", backend = "memory", crate = ::renamed_runtime),
    of_renamed,
    "/renamed",
    ()
);
counter!(
    Locked,
    (name = "typed_lock", backend = "memory", lock, conflict = "reject"),
    locked,
    "/locked",
    ()
);

/// In a crate that knows this one under another name, everything does.
#[derive(Serialize, Deserialize, Default, renamed_runtime::SessionData)]
#[session(name = "all_renamed", backend = "memory", crate = ::renamed_runtime)]
struct AllRenamed {
    count: u32,
}

#[renamed_runtime::with_sessions(crate = ::renamed_runtime)]
#[get("/all_renamed")]
async fn all_renamed(data: &mut AllRenamed) -> String {
    data.count += 1;
    data.count.to_string()
}

/// A parameter's attribute wins, too: here even the name.
#[with_sessions]
#[get("/parameter")]
async fn parameter(
    #[session(name = "other_name", backend = "securecookie", path = "/parameter")] data: &mut OnType,
    #[session(session_max_age = "1m")] lasting: &mut Lasting,
) -> String {
    data.count += 1;
    lasting.count += 1;
    format!("{} {}", data.count, lasting.count)
}

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "lasting", backend = "memory", session_max_age = "2m")]
struct Lasting {
    count: u32,
}

/// The untyped session has the definition of the type without saying anything.
#[with_sessions]
#[session(name = "on_type")]
#[get("/untyped")]
async fn untyped() -> Result<String, SessionError> {
    on_type.update("count", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(on_type.backend().to_string())
}

fn site() -> Site {
    Site::with(
        |builder| {
            builder
                .backend("audit", Memory::new())
                .session_max_age(Duration::from_secs(600))
                .session("configured", |settings| {
                    settings
                        .backend("securecookie")
                        .session_max_age(Duration::from_secs(60))
                        .same_site(SameSite::None)
                })
        },
        |app| {
            app.service((
                on_type, in_handler, configured, by_path, elsewhere, of_renamed, locked,
            ))
            .service((all_renamed, parameter, untyped));
        },
    )
}

fn cookies(reply: &Reply) -> Vec<String> {
    let mut cookies: Vec<String> = reply
        .set_cookies()
        .iter()
        .map(|cookie| {
            let same_site = cookie.same_site.as_deref().unwrap_or("-");
            let age = cookie.max_age.map_or("-".to_owned(), |age| age.to_string());
            format!("{} {same_site} {age} {}", cookie.name, cookie.http_only)
        })
        .collect();
    cookies.sort();
    cookies
}

/// T4, T5
#[actix_web::test]
async fn a_handler_wins_over_the_type_and_the_type_over_the_configuration() {
    let site = site();
    let client = site.client();
    for (path, text, cookie) in [
        (
            "/on_type",
            "on_type on memory: 1",
            "__Host-on_type Strict 120 false",
        ),
        (
            "/in_handler",
            "in_handler on memory: 1",
            "__Host-in_handler Strict 180 true",
        ),
        (
            "/configured",
            "configured on memory: 1",
            "__Host-configured None 120 true",
        ),
        ("/by_path", "by_path on audit: 1", "__Host-by_path Lax - true"),
        (
            "/elsewhere",
            "elsewhere on audit: 1",
            "__Host-elsewhere Lax 600 true",
        ),
        (
            "/renamed",
            "of_renamed on memory: 1",
            "__Host-of_renamed Lax 600 true",
        ),
        (
            "/locked",
            "typed_lock on memory: 1",
            "__Host-typed_lock Lax 600 true",
        ),
    ] {
        let reply = client.get(path).send().await;
        assert_eq!(reply.text(), text);
        assert_eq!(cookies(&reply), [cookie]);
        let again = client.get(path).send().await.text();
        assert_eq!(again, text.replace(": 1", ": 2"));
    }
}

/// T4
#[actix_web::test]
async fn the_attribute_of_a_parameter_wins_over_the_type() {
    let site = site();
    let client = site.client();
    let reply = client.get("/parameter").send().await;
    assert_eq!(reply.text(), "1 1");
    assert_eq!(
        cookies(&reply),
        [
            "__Host-lasting Lax 60 true",
            "__Secure-other_name Strict 120 false"
        ]
    );
    assert_eq!(client.get("/parameter").send().await.text(), "2 2");
    assert_eq!(client.get("/on_type").send().await.text(), "on_type on memory: 1");
}

/// T5
#[actix_web::test]
async fn an_untyped_session_of_that_name_has_the_definition_of_the_type() {
    let site = site();
    let client = site.client();
    client.get("/on_type").send().await;
    assert_eq!(client.get("/untyped").send().await.text(), "memory");
    assert_eq!(client.get("/on_type").send().await.text(), "on_type on memory: 3");
}

/// P41
#[actix_web::test]
async fn types_and_handlers_work_where_the_runtime_is_renamed() {
    let site = site();
    let client = site.client();
    assert_eq!(client.get("/all_renamed").send().await.text(), "1");
    assert_eq!(client.get("/all_renamed").send().await.text(), "2");
}
