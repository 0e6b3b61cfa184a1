//! Cookies that are not ours, or not any more: a new session, and no fuss.

use sessions_runtime::testing::Operation;
use sessions_runtime::{Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, on_both_places};
use crate::support::site::{OTHER_SECRET, SECRET, secret};

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => session.insert("user", "ada")?,
        "destroy" => session.destroy(),
        _ => {}
    }
    Ok(format!(
        "{} {} {:?}",
        session.is_new(),
        session.origin(),
        session.get::<String>("user")?
    ))
}

/// T12, T29, T26, V33
#[actix_web::test]
async fn a_broken_cookie_gives_a_new_session_and_an_unchanged_response() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        let genuine = client.cookie(COOKIE).expect("a cookie");
        site.backend.take_operations();
        let cut = &genuine[..genuine.len() - 4];
        let broken = [
            "",
            "x",
            "a|b|c",
            "%%%",
            "ä",
            "\"",
            &genuine.repeat(30),
            &format!("{genuine}="),
            cut,
        ];
        for value in broken {
            let header = format!("{COOKIE}={value}");
            let reply = site
                .client()
                .get(&format!("{place}/show"))
                .cookie_header(&header)
                .send()
                .await;
            assert_eq!(reply.status, 200, "{place}: {header}");
            assert!(
                reply.text().starts_with("true ") && reply.text().ends_with(" None"),
                "{}",
                reply.text()
            );
            assert!(
                reply.set_cookies().is_empty(),
                "{place}: a dead cookie is not itself expired"
            );
        }
        assert_eq!(site.backend.take_operations(), [], "{place}");
        client.set_raw_cookie(COOKIE, cut);
        client.get(&format!("{place}/fill")).send().await;
        assert_ne!(
            client.cookie(COOKIE).as_deref(),
            Some(cut),
            "{place}: the next write replaces it"
        );
        let text = client.get(&format!("{place}/show")).send().await.text();
        assert_eq!(text, r#"false loaded Some("ada")"#, "{place}");
    }
}

/// P11
#[actix_web::test]
async fn of_two_cookies_of_one_name_the_genuine_one_counts() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        let genuine = client.cookie(COOKIE).expect("a cookie");
        for header in [
            format!("{COOKIE}=junk; {COOKIE}={genuine}"),
            format!("{COOKIE}={genuine}; {COOKIE}=junk"),
        ] {
            let reply = client
                .get(&format!("{place}/show"))
                .cookie_header(header)
                .send()
                .await;
            assert_eq!(reply.text(), r#"false loaded Some("ada")"#, "{place}");
        }
    }
}

/// T30, T58
#[actix_web::test]
async fn a_session_s_cookie_opens_on_no_other_backend() {
    let site = site_with(|builder| builder);
    let (sealed, kept) = (site.client(), site.client());
    sealed.get("/sealed/fill").send().await;
    kept.get("/kept/fill").send().await;
    site.backend.take_operations();
    assert_eq!(sealed.get("/kept/show").send().await.text(), "true forged None");
    assert_eq!(kept.get("/sealed/show").send().await.text(), "true forged None");
    assert_eq!(site.backend.take_operations(), []);
}

/// T36
#[actix_web::test]
async fn secrets_rotate_and_the_first_response_seals_anew() {
    let old = site_with(|builder| builder);
    let client = old.client();
    client.get("/sealed/fill").send().await;
    let before = client.cookie(COOKIE).expect("a cookie");
    let rotated = site_with(|builder| {
        builder
            .secret_key(secret(OTHER_SECRET))
            .fallback_key(secret(SECRET))
    });
    let moved = rotated.client();
    moved.set_raw_cookie(COOKIE, &before);
    let reply = moved.get("/sealed/show").send().await;
    assert_eq!(reply.text(), r#"false loaded Some("ada")"#);
    assert!(
        reply
            .set_cookie(COOKIE)
            .is_some_and(|cookie| cookie.value != before)
    );
    assert!(
        moved.get("/sealed/show").send().await.set_cookies().is_empty(),
        "once is enough"
    );
    let new = site_with(|builder| builder.secret_key(secret(OTHER_SECRET)));
    let last = new.client();
    last.set_raw_cookie(COOKIE, &before);
    assert_eq!(last.get("/sealed/show").send().await.text(), "true forged None");
    last.set_raw_cookie(COOKIE, &moved.cookie(COOKIE).unwrap_or_default());
    assert_eq!(
        last.get("/sealed/show").send().await.text(),
        r#"false loaded Some("ada")"#
    );
}

/// T49, T48, T52
#[actix_web::test]
async fn an_id_that_is_unknown_or_was_ended_is_never_adopted() {
    let site = site_with(|builder| builder);
    let client = site.client();
    client.get("/kept/fill").send().await;
    let (ended, thief) = (client.cookie(COOKIE).expect("a cookie"), client.fork());
    client.get("/kept/destroy").send().await;
    // Genuinely sealed, and its record is gone; and the same from a server that lost its records.
    let lost = site_with(|builder| builder);
    let browser = lost.client();
    browser.set_raw_cookie(COOKIE, &ended);
    for (site, browser) in [(&site, thief), (&lost, browser)] {
        site.backend.take_operations();
        let reply = browser.get("/kept/show").send().await;
        assert_eq!(reply.text(), "true unknown None");
        assert!(reply.set_cookies().is_empty());
        assert_eq!(site.backend.take_operations(), [Operation::Load]);
        browser.get("/kept/fill").send().await;
        assert_ne!(browser.cookie(COOKIE).as_deref(), Some(&*ended), "a new id");
        assert_eq!(
            browser.get("/kept/show").send().await.text(),
            r#"false loaded Some("ada")"#
        );
    }
}
