//! The attributes of cookies: safe by default, checked at start-up.

use std::time::Duration;

use sessions_runtime::testing::SetCookie;
use sessions_runtime::{CookieArgs, SameSite, SessionsBuilder};

use crate::app::{self, COOKIE, KINDS};
use crate::support::site::{Site, parts};

/// S21, S22, S23, S24, S36
#[actix_web::test]
async fn a_session_cookie_has_the_safe_attributes_by_default() {
    let site = app::site();
    for (path, name) in [
        ("/sealed/put/user/ada", COOKIE),
        ("/kept/put/user/ada", COOKIE),
        ("/any/memory/cart/put/tea", "__Host-cart"),
        ("/secure/invite/put/ada", "invite"),
    ] {
        let reply = site.client().get(path).send().await;
        let cookie = reply.set_cookie(name).expect(name);
        assert!(cookie.secure && cookie.http_only, "{path}");
        assert_eq!(cookie.same_site.as_deref(), Some("Lax"), "{path}");
        assert_eq!(
            (cookie.path.as_deref(), cookie.domain),
            (Some("/"), None),
            "{path}"
        );
    }
}

/// S4
#[actix_web::test]
async fn the_cookie_s_name_tells_nothing_and_can_be_chosen() {
    let telling = [
        "actix",
        "rust",
        "tipfy",
        "memory",
        "sqlite",
        "redis",
        "securecookie",
        "sessions-runtime",
    ];
    for kind in KINDS {
        let reply = app::site()
            .client()
            .get(&format!("{kind}/put/user/ada"))
            .send()
            .await;
        let name = reply.set_cookies().remove(0).name;
        assert_eq!(name, "__Host-session");
        assert!(telling.iter().all(|word| !name.contains(word)));
        let site = Site::with(|builder| builder.cookie_name("sid"), app::routes);
        let reply = site.client().get(&format!("{kind}/put/user/ada")).send().await;
        assert_eq!(reply.set_cookies().remove(0).name, "__Host-sid", "{kind}");
    }
}

/// What a session's cookie becomes under these settings.
async fn cookie(settings: CookieArgs, kind: &str) -> SetCookie {
    let site = Site::with(|builder| builder.cookie_args(settings), app::routes);
    let client = site.client().at("https://www.shop.example");
    let request = client
        .get(&format!("{kind}/put/user/ada"))
        .header("x-forwarded-proto", "https");
    request.send().await.set_cookies().remove(0)
}

/// S24
#[actix_web::test]
async fn the_prefix_is_the_strongest_the_attributes_allow() {
    let args = CookieArgs::new;
    for kind in KINDS {
        for (settings, name) in [
            (args(), "__Host-session"),
            (
                args()
                    .http_only(false)
                    .same_site(SameSite::None)
                    .partitioned(true),
                "__Host-session",
            ),
            (args().path("/kept"), "__Secure-session"),
            (args().domain("shop.example"), "__Secure-session"),
            (args().secure(false), "session"),
            (
                args().secure(false).domain("shop.example").path("/kept"),
                "session",
            ),
        ] {
            assert_eq!(
                cookie(settings.clone(), kind).await.name,
                name,
                "{kind}: {settings:?}"
            );
        }
    }
}

/// S21, S22, S23, S36
#[actix_web::test]
async fn each_attribute_changes_only_when_it_is_said() {
    for kind in KINDS {
        let safe = cookie(CookieArgs::new(), kind).await;
        let open = cookie(CookieArgs::new().http_only(false), kind).await;
        assert!(
            !open.http_only && open.secure && open.same_site == safe.same_site,
            "{kind}"
        );
        let strict = cookie(CookieArgs::new().same_site(SameSite::Strict), kind).await;
        assert_eq!(
            (strict.same_site.as_deref(), strict.secure, strict.http_only),
            (Some("Strict"), true, true)
        );
        let wide = cookie(CookieArgs::new().domain("shop.example"), kind).await;
        assert_eq!(
            (wide.domain.as_deref(), wide.secure, wide.http_only),
            (Some("shop.example"), true, true)
        );
        let plain = cookie(CookieArgs::new().secure(false), kind).await;
        assert_eq!(
            (plain.secure, plain.http_only, plain.same_site),
            (false, true, safe.same_site)
        );
    }
}

fn refused(settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> String {
    let err = settings(parts().3)
        .build()
        .expect_err("settings that browsers or attackers would profit from");
    assert!(err.is_configuration(), "{err}");
    err.to_string()
}

/// S23, S24, S28, S31, V17, V22
#[test]
fn impossible_cookies_are_refused_at_start_up() {
    let args = CookieArgs::new;
    let long = Duration::from_secs(400 * 86_400 + 1);
    for (args, word) in [
        (args().same_site(SameSite::None).secure(false), "Secure"),
        (args().partitioned(true).secure(false), "Secure"),
        (args().path("/a\r\nSet-Cookie: b=c"), "path"),
        (args().path("/a; Domain=evil.example"), "path"),
        (args().path("shop"), "path"),
        (args().domain("evil.example; Path=/"), "domain"),
        (args().domain("a\0b"), "domain"),
        (args().path(format!("/{}", "a".repeat(1_024))), "1024"),
        (args().domain("a".repeat(1_025)), "1024"),
        (args().max_age(long), "400 days"),
        (args().max_age(Duration::MAX), "400 days"),
    ] {
        assert!(
            refused(|builder| builder.cookie_args(args.clone())).contains(word),
            "{args:?}"
        );
        assert!(refused(|builder| builder.cookie_name("sid").cookie_args(args)).contains("sid"));
    }
    for age in [long, Duration::MAX, Duration::ZERO] {
        assert!(refused(|builder| builder.session_max_age(age)).contains("400 days"));
        assert!(refused(|builder| builder.idle_timeout(age)).contains("400 days"));
    }
}

/// S24, S25, S28
/// The prefix is not written by hand, in whichever case, and a name is a token.
#[test]
fn impossible_names_are_refused_at_start_up() {
    for name in [
        "__Host-sid",
        "__hOsT-sid",
        "__SECURE-sid",
        "__Http-sid",
        "__host-http-sid",
    ] {
        assert!(
            refused(|builder| builder.cookie_name(name)).contains("prefix"),
            "{name}"
        );
        assert!(
            refused(|builder| builder.session(name, |session| session)).contains("prefix"),
            "{name}"
        );
    }
    for name in [
        "",
        "a b",
        "a;b",
        "a=b",
        "a\r\nb",
        "a\0",
        "ä",
        "a,b",
        "\"a\"",
        &"a".repeat(129),
    ] {
        assert!(
            refused(|builder| builder.cookie_name(name)).contains("cookie"),
            "{name:?}"
        );
        assert!(
            refused(|builder| builder.session(name, |session| session)).contains("cookie"),
            "{name:?}"
        );
    }
}

/// S31, V22
#[actix_web::test]
async fn the_longest_life_is_400_days_and_no_number_panics() {
    const LONGEST: u64 = 400 * 86_400;
    for kind in KINDS {
        let site = Site::with(
            |builder| builder.session_max_age(Duration::from_secs(LONGEST)),
            app::routes,
        );
        let client = site.client();
        for path in ["put/user/ada", "remember", "put/user/eve"] {
            let reply = client.get(&format!("{kind}/{path}")).send().await;
            let age = reply.set_cookie(COOKIE).map(|cookie| cookie.max_age);
            // A server session's cookie holds only the id, which a later write does not change.
            if kind == "/sealed" || path != "put/user/eve" {
                assert_eq!(age, Some(Some(34_560_000)), "{kind}/{path}");
            }
        }
        site.later(LONGEST);
        let line = format!("{COOKIE}={}", client.cookie(COOKIE).unwrap_or_default());
        assert_eq!(
            app::user(&client, kind, line).await,
            "nobody",
            "{kind}: the browser forgot it by itself"
        );
    }
}

/// P10
#[actix_web::test]
async fn sealed_values_have_letters_of_base64url_only() {
    for encrypt in [false, true] {
        let site = Site::with(|builder| builder.encrypt_cookies(encrypt), app::routes);
        let client = site.client();
        for number in 0..20 {
            site.later(1);
            for path in [
                "/sealed/put/ü%00%22;,%5C/%F0%9F%8D%B5",
                "/any/memory/cart/put/tea",
                "/secure/invite/put/%20,",
            ] {
                let reply = client.get(&format!("{path}{number}")).send().await;
                for cookie in reply.set_cookies() {
                    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                    assert!(
                        !cookie.value.is_empty() && cookie.value.bytes().all(fits),
                        "{path}"
                    );
                }
            }
        }
    }
}
