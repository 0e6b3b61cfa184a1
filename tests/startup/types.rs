//! Types that cannot all be right: their backends are missing, and they disagree with handlers and with each other.

use actix_web::get;
use serde::{Deserialize, Serialize};
use sessions_runtime::{
    ConflictRule, CookieArgs, ErrorKind, Memory, SessionData, SessionError, Sessions, SessionsBuilder,
    with_sessions,
};

use crate::handlers;
use crate::support::site::{SECRET, secret};

/// `file:line` of the only line here that holds this text.
#[track_caller]
fn place(text: &str) -> String {
    let source = include_str!("types.rs");
    let (definitions, _) = source.split_once("\nconst DOUBLE").expect("the tests follow");
    let mut lines = definitions
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(text));
    let (index, _) = lines.next().expect("a line of this file");
    assert!(lines.next().is_none(), "`{text}` is on two lines");
    format!("{}:{}", file!(), index + 1)
}

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_wishes", backend = "datastore")]
struct Wishes {
    skus: Vec<String>,
}

/// Says nothing itself: what is wrong is told with the type.
#[with_sessions]
#[get("/wishes")]
async fn show_wishes(wishes: &Wishes) -> String {
    wishes.skus.join(" ")
}

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_orders", backend = "memory", idle_timeout = "30m")]
struct Orders {
    ids: Vec<u32>,
}

#[with_sessions]
#[session(name = "typed_orders", ident = orders, idle_timeout = "60m")]
#[get("/orders")]
async fn count_orders() -> String {
    orders.len().to_string()
}

/// Wins over its type, and so contradicts nobody but the next one.
#[with_sessions]
#[session(Orders, session_max_age = "1h")]
#[get("/orders/first")]
async fn first_order() -> String {
    format!("{:?}", orders.ids.first())
}

#[with_sessions]
#[session(Orders, session_max_age = "2h")]
#[get("/orders/last")]
async fn last_order() -> String {
    format!("{:?}", orders.ids.last())
}

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_basket", backend = "memory")]
struct Basket {
    skus: Vec<String>,
}

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_basket", backend = "memory", lock)]
struct Trolley {
    skus: Vec<String>,
}

#[with_sessions]
#[get("/baskets")]
async fn show_basket(basket: &Basket) -> String {
    basket.skus.join(" ")
}

/// Read under the name of another type.
#[with_sessions]
#[get("/trolley")]
async fn show_trolley(#[session(name = "typed_orders")] trolley: &Trolley) -> String {
    trolley.skus.join(" ")
}

/// Whether there can be a lock is only known at start-up.
#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_queue", lock)]
struct Queue {
    number: u32,
}

/// Half of a cookie that no browser takes; the configuration may bring the other half.
#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_widget", backend = "memory", same_site = "none")]
struct Widget {
    number: u32,
}

/// May be the default session, if that is called so.
#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "typed_double", backend = "memory")]
struct Double {
    number: u32,
}

#[with_sessions]
#[get("/double")]
async fn show_double(double: &mut Double) -> Result<String, SessionError> {
    Ok(format!("{} {}", double.number, session.len()))
}

const DOUBLE: &str = "async fn show_double";
const WISHES: &str = r#"name = "typed_wishes""#;
const ORDERS: &str = r#"name = "typed_orders", backend"#;
const COUNT: &str = r#"idle_timeout = "60m""#;
const FIRST: &str = r#"session_max_age = "1h""#;
const LAST: &str = r#"session_max_age = "2h""#;
const BASKET: &str = r#"name = "typed_basket", backend = "memory")"#;
const TROLLEY: &str = r#"name = "typed_basket", backend = "memory", lock"#;
const OTHER: &str = "trolley: &Trolley";
const QUEUE: &str = r#"name = "typed_queue""#;
const WIDGET: &str = r#"name = "typed_widget""#;

/// What no configuration mends.
pub(crate) fn disagreements() -> Vec<String> {
    let (orders, count) = (place(ORDERS), place(COUNT));
    let (first, last, other) = (place(FIRST), place(LAST), place(OTHER));
    vec![
        format!(
            "session `typed_orders`: the type at {orders} (`Orders`) and the handler at {count} (`count_orders`) disagree about \
             `idle_timeout`; say it once, on the type, or alike in both"
        ),
        format!(
            "session `typed_orders`: the handlers at {first} (`first_order`) and {last} (`last_order`) disagree about \
             `session_max_age`; say it once, on the type, or alike in both"
        ),
        format!(
            "session `typed_orders`: {orders} (`Orders`) and {other} (`show_trolley`) read it as two types; choose another name \
             in one of them"
        ),
        format!(
            "session `typed_orders`: {first} (`first_order`) and {other} (`show_trolley`) read it as two types; choose another \
             name in one of them"
        ),
        format!(
            "session `typed_orders`: {last} (`last_order`) and {other} (`show_trolley`) read it as two types; choose another name \
             in one of them"
        ),
        format!(
            "session `typed_basket`: the types at {} (`Basket`) and {} (`Trolley`) are both stored as this session; \
             rename one with `#[session(name = ..)]`",
            place(BASKET),
            place(TROLLEY)
        ),
        format!(
            "session `session`: the handlers at {} (`in_memory`) and {} (`show_double`) disagree about the backend; \
             say it once, with `.session(\"session\", ..)`, or alike in both",
            handlers::place(r#"default = "memory", same_site"#),
            place(DOUBLE)
        ),
    ]
}

/// What a configuration mends.
pub(crate) fn missing() -> Vec<String> {
    vec![
        format!(
            "{} (`Wishes`) session `typed_wishes`: session backend `datastore` is not configured; add to `Sessions::builder()`: \
             `.backend(\"datastore\", Datastore::open(\"sessions.db\")?)`",
            place(WISHES)
        ),
        format!(
            "{} (`Queue`) session `typed_queue`: `lock` needs a server backend, and securecookie is none; name one with \
             `backend = ..`",
            place(QUEUE)
        ),
    ]
}

fn builder() -> SessionsBuilder {
    Sessions::builder()
        .secret_key(secret(SECRET))
        .backend("memory", Memory::new())
}

#[track_caller]
fn problems(builder: SessionsBuilder, about: &str) -> Vec<String> {
    let err = builder.build().expect_err("the types contradict");
    assert_eq!(err.kind(), ErrorKind::Configuration);
    let about = format!("session `{about}`");
    err.problems()
        .iter()
        .filter(|problem| problem.contains(&about))
        .cloned()
        .collect()
}

fn sorted(mut problems: Vec<String>) -> Vec<String> {
    problems.sort();
    problems
}

/// P49, T7, T5
#[test]
fn types_are_checked_with_place_and_cure() {
    let expected = |about: &str| {
        let about = format!("session `{about}`");
        let all = missing().into_iter().chain(disagreements());
        sorted(all.filter(|problem| problem.contains(&about)).collect())
    };
    for about in ["typed_wishes", "typed_orders", "typed_basket", "typed_queue"] {
        let found = problems(builder(), about);
        assert_eq!(found, expected(about));
        assert!(!found.is_empty());
    }
}

/// P49, P50
#[test]
fn what_is_configured_or_allowed_is_no_problem_any_more() {
    let complete = builder().backend("datastore", Memory::new());
    assert!(problems(complete, "typed_wishes").is_empty());
    assert!(problems(builder().allow_missing("datastore"), "typed_wishes").is_empty());
    let queue = builder().session("typed_queue", |settings| {
        settings.backend("memory").conflict(ConflictRule::Merge)
    });
    assert!(problems(queue, "typed_queue").is_empty());
    assert!(builder().skip_verification().build().is_ok());
}

/// S23
#[test]
fn a_type_and_the_configuration_together_may_make_an_impossible_cookie() {
    assert!(problems(builder(), "typed_widget").is_empty());
    let found = problems(
        builder().cookie_args(CookieArgs::new().secure(false)),
        "typed_widget",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(&format!("{} (`Widget`)", place(WIDGET))),
        "{found:?}"
    );
    assert!(found[0].contains("`SameSite=None` needs `Secure`"), "{found:?}");
}

/// P39
/// The name of the default session is only known here.
#[test]
fn a_handler_cannot_bind_the_default_session_twice() {
    assert!(problems(builder(), "typed_double").is_empty());
    let found = problems(builder().cookie_name("typed_double"), "typed_double");
    let twice = found
        .iter()
        .filter(|problem| problem.contains("(`show_double`) binds session `typed_double` twice"));
    assert_eq!(twice.count(), 1, "{found:#?}");
}
