//! The start-up check of the linked handlers.

use std::time::Duration;

use sessions_runtime::{
    ConflictRule, CookieArgs, ErrorKind, Memory, SessionError, Sessions, SessionsBuilder,
};

use crate::handlers::place;
use crate::support::site::{SECRET, secret};
use crate::types;

fn builder() -> SessionsBuilder {
    Sessions::builder()
        .secret_key(secret(SECRET))
        .backend("memory", Memory::new())
}

#[track_caller]
fn refused(builder: SessionsBuilder) -> SessionError {
    let err = builder.build().expect_err("the handlers contradict");
    assert_eq!(err.kind(), ErrorKind::Configuration);
    assert!(err.is_configuration());
    err
}

fn problems(builder: SessionsBuilder) -> Vec<String> {
    refused(builder).problems().to_vec()
}

/// The line for a handler whose backend is not configured.
fn missing(at: &str, handler: &str, session: &str, backend: &str, cure: &str) -> String {
    let place = place(at);
    format!(
        "{place} (`{handler}`) session `{session}`: session backend `{backend}` is not configured; \
         add to `Sessions::builder()`: {cure}"
    )
}

/// The line for two handlers that disagree.
fn disagree(session: &str, (one, at): (&str, &str), (other, there): (&str, &str), what: &str) -> String {
    format!(
        "session `{session}`: the handlers at {} (`{one}`) and {} (`{other}`) disagree about {what}; \
         say it once, with `.session(\"{session}\", ..)`, or alike in both",
        place(at),
        place(there)
    )
}

const CART_SHOWN: &str = r#"#[session(name = "cart", backend = "datastore")]"#;
const CART_ADDED: &str = r#"#[session(name = "cart", backend = "memcache")]"#;
const LISTS_SHOWN: &str = r#"idle_timeout = "30m""#;
const LISTS_ADDED: &str = r#"idle_timeout = "60m""#;
const TRAIL: &str = r#"#[session(name = "trail", backend = AUDIT)]"#;
const IN_MEMORY: &str = r#"default = "memory", same_site"#;
const IN_COOKIE: &str = r#"default = "securecookie", same_site"#;
const TICKET: &str = r#"#[session(name = "ticket", lock)]"#;
const SEAT: &str = r#"#[session(name = "seat", conflict"#;
const EMBED: &str = r#"#[session(name = "embed""#;

fn missing_datastore() -> String {
    missing(
        CART_SHOWN,
        "show_cart",
        "cart",
        "datastore",
        r#"`.backend("datastore", Datastore::open("sessions.db")?)`"#,
    )
}

fn missing_memcache() -> String {
    let cure = r#"`.backend("memcache", Memcache::connect(["127.0.0.1:11211"])?)`"#;
    missing(CART_ADDED, "add_to_cart", "cart", "memcache", cure)
}

fn missing_redis() -> [String; 2] {
    let cure = r#"`.backend("redis", Redis::connect("redis://127.0.0.1")?)`"#;
    [(LISTS_SHOWN, "show_lists"), (LISTS_ADDED, "add_to_lists")]
        .map(|(at, handler)| missing(at, handler, "lists", "redis", cure))
}

fn missing_audit() -> String {
    missing(
        TRAIL,
        "show_trail",
        "trail",
        "audit",
        r#"`.backend("audit", ..)`"#,
    )
}

fn disagreements() -> Vec<String> {
    vec![
        disagree(
            "cart",
            ("show_cart", CART_SHOWN),
            ("add_to_cart", CART_ADDED),
            "the backend",
        ),
        disagree(
            "lists",
            ("show_lists", LISTS_SHOWN),
            ("add_to_lists", LISTS_ADDED),
            "`idle_timeout`",
        ),
        disagree(
            "session",
            ("in_memory", IN_MEMORY),
            ("in_cookie", IN_COOKIE),
            "the backend",
        ),
    ]
}

fn without_server(at: &str, handler: &str, session: &str, option: &str) -> String {
    format!(
        "{} (`{handler}`) session `{session}`: `{option}` needs a server backend, and securecookie is none; \
         name one with `backend = ..`",
        place(at)
    )
}

/// P49, P47, T7, T5
/// Sessions that a handler declares and does not mention do not count.
#[test]
fn one_error_lists_every_contradiction_with_place_and_cure() {
    let mut expected = disagreements();
    expected.extend([missing_datastore(), missing_memcache(), missing_audit()]);
    expected.extend(missing_redis());
    expected.push(without_server(TICKET, "take_ticket", "ticket", "lock"));
    expected.push(without_server(SEAT, "take_seat", "seat", "conflict"));
    expected.extend(types::disagreements());
    expected.extend(types::missing());
    expected.sort();
    let err = refused(builder());
    assert_eq!(err.problems(), expected);
    assert!(err.problems().is_sorted());
    // In the usual `main`, `build()?` prints each on a line of its own.
    let printed = format!("{:?}", std::io::Error::from(err));
    for problem in expected {
        assert!(printed.lines().any(|line| line.contains(&problem)), "{printed}");
    }
}

/// P49
#[test]
fn what_is_configured_is_no_problem_any_more() {
    let complete = builder()
        .backend("datastore", Memory::new())
        .backend("memcache", Memory::new())
        .backend("redis", Memory::new())
        .backend("audit", Memory::new())
        .session("ticket", |settings| settings.backend("memory"))
        .session("typed_queue", |settings| settings.backend("memory"))
        .session("seat", |settings| {
            settings.backend("memory").conflict(ConflictRule::Merge)
        });
    let mut expected = disagreements();
    expected.extend(types::disagreements());
    expected.sort();
    assert_eq!(problems(complete), expected);
}

/// P50
#[test]
fn a_missing_backend_may_be_allowed_by_name() {
    let allowed = problems(
        builder()
            .allow_missing("datastore")
            .allow_missing(crate::handlers::AUDIT),
    );
    assert!(!allowed.contains(&missing_datastore()) && !allowed.contains(&missing_audit()));
    for left in missing_redis()
        .into_iter()
        .chain([missing_memcache()])
        .chain(disagreements())
    {
        assert!(allowed.contains(&left), "{allowed:#?}");
    }
}

/// P51
#[test]
fn the_check_may_be_left_out() {
    let sessions = builder()
        .skip_verification()
        .build()
        .expect("nothing else is wrong");
    assert_eq!(sessions.cookie_name(), "session");
    // Also for a session that the builder says something about itself.
    let idle = builder().session("trail", |settings| settings.idle_timeout(Duration::from_secs(60)));
    assert!(idle.skip_verification().build().is_ok());
}

/// T5, G12
/// With a server as the default backend there can be locks; the default session is still in two places.
#[test]
fn the_default_backend_decides_for_handlers_that_name_none() {
    let elsewhere = problems(builder().default_backend("memory"));
    assert!(
        elsewhere
            .iter()
            .all(|problem| !problem.contains("ticket") && !problem.contains("seat")),
        "{elsewhere:#?}"
    );
    assert!(elsewhere.contains(&disagreements()[2]));
}

/// S23
#[test]
fn a_handler_and_the_configuration_together_may_make_an_impossible_cookie() {
    let found = problems(builder().session("embed", |settings| settings.secure(false)));
    let here: Vec<_> = found
        .iter()
        .filter(|problem| problem.contains("`embed`"))
        .collect();
    assert_eq!(here.len(), 1, "{found:#?}");
    assert!(here[0].contains("`SameSite=None` needs `Secure`"), "{here:?}");
    // Where only the defaults are to blame, the handler is named.
    let found = problems(builder().cookie_args(CookieArgs::new().secure(false)));
    let here: Vec<_> = found
        .iter()
        .filter(|problem| problem.contains("`embed`"))
        .collect();
    assert_eq!(here.len(), 1, "{found:#?}");
    assert!(
        here[0].starts_with(&format!("{} (`embed_widget`)", place(EMBED))),
        "{here:?}"
    );
}

/// T5
#[test]
fn what_only_one_side_says_is_no_contradiction() {
    let found =
        problems(builder().session("trail", |settings| settings.idle_timeout(Duration::from_secs(60))));
    assert!(
        found
            .iter()
            .all(|problem| !problem.contains("`trail`") || problem.contains("not configured"))
    );
}
