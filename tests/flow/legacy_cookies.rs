//! Cookies of the original: there is no reader for them, and they are refused like any forged cookie.

use sessions_runtime::{Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, on_both_places};

/// Sealed by tipfy with the secret `secret` for the name `session`: `{"foo":"bar"}`.
const SESSION: &str = "eyJmb28iOiJiYXIifQ==|1284849476|847b472f2fabbf1efef55748a394b6f182acd8be";
/// Sealed by tipfy with the secret `secret-key` for the name `foo`: `["a","b","c"]`.
const COOKIE_FOO: &str = "WyJhIiwiYiIsImMiXQ==|1|38837d6af8ac1ded9292b83924fc8521ce76f47e";

on_both_places!(act);

async fn act(step: &str, session: &Session, store: &SessionStore) -> Result<String, SessionError> {
    if step == "write" {
        session.insert("user", "ada")?;
    }
    let old = store.get_secure_cookie::<Vec<String>>("foo")?;
    Ok(format!(
        "{} {:?} {old:?}",
        session.origin(),
        session.get::<String>("foo")?
    ))
}

/// T27, T28, T38
/// Nothing of a SHA-1 format is read: not the known answers, nor in double quotes, as old servers wrapped them.
#[actix_web::test]
async fn tipfy_cookies_are_refused_like_forged_ones() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        for quote in ["", "\""] {
            let header = format!(
                "{COOKIE}={quote}{SESSION}{quote}; session={SESSION}; foo={quote}{COOKIE_FOO}{quote}"
            );
            let reply = site
                .client()
                .get(&format!("{place}/read"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (200, "malformed None None"),
                "{place}"
            );
            assert!(reply.set_cookies().is_empty(), "{place}");
            let reply = site
                .client()
                .get(&format!("{place}/write"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(
                reply.set_cookies().len(),
                1,
                "{place}: the next write replaces it"
            );
        }
    }
    assert!(
        site.backend
            .operations()
            .iter()
            .all(|operation| format!("{operation:?}") == "Create")
    );
}
