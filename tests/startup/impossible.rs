//! Settings that cannot work are refused by `build()`, whether or not the handlers are checked.

use std::time::Duration;

use sessions_runtime::{
    Backend, BackendFuture, ConflictRule, CookieArgs, Create, Delete, ErrorKind, Memory, NewRecord, Record,
    Replace, SameSite, SessionSettings, Sessions, SessionsBuilder, StoreKey, Timestamp, Touch, Version,
};

use crate::support::site::{SECRET, secret};

const DAY: u64 = 86_400;

fn builder() -> SessionsBuilder {
    Sessions::builder()
        .secret_key(secret(SECRET))
        .backend("memory", Memory::new())
        .skip_verification()
}

/// The problems that `build` finds; none where it builds.
fn problems(builder: SessionsBuilder) -> Vec<String> {
    match builder.build() {
        Ok(_) => Vec::new(),
        Err(err) => {
            assert_eq!(err.kind(), ErrorKind::Configuration);
            err.problems().to_vec()
        }
    }
}

/// The one problem that these settings of a session have.
#[track_caller]
fn with_basket(settings: impl FnOnce(SessionSettings) -> SessionSettings) -> String {
    let found = problems(builder().session("basket", settings));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("session `basket`: "), "{found:?}");
    found.concat()
}

/// S23, S24, S28, T47
#[test]
fn cookies_that_browsers_drop_are_refused() {
    let all = [
        (
            CookieArgs::new().secure(false).same_site(SameSite::None),
            "`SameSite=None` needs `Secure`",
        ),
        (
            CookieArgs::new().secure(false).partitioned(true),
            "`Partitioned` needs `Secure`",
        ),
        (CookieArgs::new().path("shop"), "path begins with `/`"),
        (CookieArgs::new().path("/a;b"), "without `;`"),
        (
            CookieArgs::new().path(format!("/{}", "p".repeat(1_024))),
            "at most 1024 bytes",
        ),
        (
            CookieArgs::new().domain("https://shop.example"),
            "plain ASCII host name",
        ),
        (
            CookieArgs::new().domain("shop.example:80"),
            "plain ASCII host name",
        ),
        (
            CookieArgs::new().max_age(Duration::from_secs(400 * DAY + 1)),
            "at most 400 days",
        ),
    ];
    for (args, expected) in all {
        let found = problems(builder().cookie_args(args.clone()));
        assert!(
            !found.is_empty() && found.iter().all(|problem| problem.contains(expected)),
            "{args:?}: {found:#?}"
        );
    }
    assert!(
        with_basket(|settings| settings.secure(false).same_site(SameSite::None)).contains("needs `Secure`")
    );
    assert!(with_basket(|settings| settings.domain("a b")).contains("plain ASCII host name"));
}

/// S24, S25
#[test]
fn names_with_a_prefix_or_other_octets_are_refused() {
    for name in ["__Host-sid", "__secure-sid", "__HOST-sid", "__Http-sid"] {
        let found = problems(builder().cookie_name(name));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("without its prefix"), "{found:?}");
        assert!(
            problems(builder().session(name, |settings| settings))
                .concat()
                .contains("without its prefix")
        );
    }
    for name in ["", "a b", "a;b", "sëssion", "a=b"] {
        assert_eq!(problems(builder().cookie_name(name)).len(), 1, "{name}");
        assert_eq!(
            problems(builder().session(name, |settings| settings)).len(),
            1,
            "{name}"
        );
    }
}

/// S31, V22
#[test]
fn lifetimes_are_between_a_second_and_400_days() {
    let (zero, too_long) = (Duration::ZERO, Duration::from_secs(400 * DAY + 1));
    for span in [zero, too_long, Duration::MAX] {
        assert!(
            with_basket(|settings| settings.session_max_age(span)).contains("session_max_age"),
            "{span:?}"
        );
        assert!(
            with_basket(|settings| settings.idle_timeout(span)).contains("idle_timeout"),
            "{span:?}"
        );
        assert!(!problems(builder().session_max_age(span)).is_empty(), "{span:?}");
        assert!(!problems(builder().idle_timeout(span)).is_empty(), "{span:?}");
    }
    let longest = Duration::from_secs(400 * DAY);
    assert!(problems(builder().session_max_age(longest).idle_timeout(longest)).is_empty());
}

/// T5
#[test]
fn locks_and_conflicts_need_a_server() {
    let none = "`lock` and `conflict` need a server backend";
    assert!(with_basket(SessionSettings::lock).contains(none));
    assert!(with_basket(|settings| settings.conflict(ConflictRule::Reject)).contains(none));
    assert!(problems(builder().session("basket", |settings| settings.backend("memory").lock())).is_empty());
    let found = problems(
        builder()
            .backend("plain", WithoutLocks)
            .session("basket", |settings| settings.backend("plain").lock()),
    );
    assert!(
        found.concat().contains("backend `plain` has no locks"),
        "{found:?}"
    );
}

/// T5, T7, G13
#[test]
fn backends_have_one_name_each_and_every_name_is_known() {
    let twice = problems(builder().backend("memory", Memory::new()));
    assert_eq!(twice, ["backend `memory` is given twice"]);
    let built_in = problems(builder().backend("securecookie", Memory::new()));
    assert!(
        built_in.concat().contains("`securecookie` is built in"),
        "{built_in:?}"
    );
    let session_twice = builder()
        .session("basket", |settings| settings)
        .session("basket", |settings| settings);
    assert_eq!(problems(session_twice), ["session `basket` is configured twice"]);
    assert!(with_basket(|settings| settings.backend("memroy")).contains("did you mean `memory`?"));
    assert!(
        with_basket(|settings| settings.backend("redis")).contains(".backend(\"redis\", Redis::connect(")
    );
    assert!(with_basket(|settings| settings.backend("ledger")).contains("`.backend(\"ledger\", ..)`"));
    let default = problems(builder().default_backend("datastore"));
    assert!(
        default
            .concat()
            .contains("session backend `datastore` is not configured"),
        "{default:?}"
    );
}

/// T2
#[test]
fn all_mistakes_come_in_one_error_sorted() {
    let found = problems(
        builder()
            .backend("memory", Memory::new())
            .cookie_name("__Host-sid")
            .session("zebra", |settings| settings.backend("memroy"))
            .session("ant", SessionSettings::lock)
            .session("bee", |settings| settings.path("relative")),
    );
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found.is_sorted(), "{found:#?}");
}

/// A backend that offers no more than it must.
struct WithoutLocks;

impl Backend for WithoutLocks {
    fn load<'a>(&'a self, _: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async { Ok(None) })
    }

    fn create<'a>(&'a self, _: &'a StoreKey, _: NewRecord) -> BackendFuture<'a, Create> {
        Box::pin(async { Ok(Create::Exists) })
    }

    fn replace<'a>(&'a self, _: &'a StoreKey, _: Version, _: NewRecord) -> BackendFuture<'a, Replace> {
        Box::pin(async { Ok(Replace::Gone) })
    }

    fn touch<'a>(&'a self, _: &'a StoreKey, _: Timestamp) -> BackendFuture<'a, Touch> {
        Box::pin(async { Ok(Touch::Gone) })
    }

    fn delete<'a>(&'a self, _: &'a StoreKey, _: Option<Version>) -> BackendFuture<'a, Delete> {
        Box::pin(async { Ok(Delete::Gone) })
    }
}
