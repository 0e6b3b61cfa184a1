//! The `Cookie` header as clients, proxies and attackers send it.

use crate::app::{self, COOKIE, KINDS, repeated, sign_in, user};
use crate::support::site::Site;

/// S32
#[actix_web::test]
async fn all_cookie_headers_of_a_request_are_read() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let value = sign_in(&client, kind).await;
        let ours = format!("{COOKIE}={value}");
        let many: Vec<String> = (0..40).map(|number| format!("other{number}=x")).collect();
        for place in [0, 1, 20, 40] {
            let mut lines = many.clone();
            lines.insert(place, ours.clone());
            let request = lines
                .iter()
                .fold(client.get(&format!("{kind}/get/user")), |request, line| {
                    request.cookie_header(line)
                });
            assert_eq!(request.send().await.text(), "ada", "{kind}: line {place}");
        }
    }
}

/// S33, P11
/// Twenty pieces of junk before, behind and around the genuine cookie, in one line or in several.
#[actix_web::test]
async fn the_valid_one_of_several_cookies_counts_wherever_it_stands() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let value = sign_in(&client, kind).await;
        let foreign = sign_in(&site.client(), if kind == "/kept" { "/sealed" } else { "/kept" }).await;
        let junk = ["", "junk", foreign.as_str(), &value[1..], "\"\"", &"A".repeat(90)];
        for count in [1, 5, 20, 60] {
            let mut values: Vec<&str> = junk.iter().cycle().take(count).copied().collect();
            for place in [0, count / 2, count] {
                values.insert(place, &value);
                assert_eq!(
                    user(&client, kind, repeated(COOKIE, &values)).await,
                    "ada",
                    "{kind}: {place} of {count}"
                );
                let lines = values
                    .iter()
                    .fold(client.get(&format!("{kind}/get/user")), |request, value| {
                        request.cookie_header(format!("{COOKIE}={value}"))
                    });
                assert_eq!(
                    lines.send().await.text(),
                    "ada",
                    "{kind}: line {place} of {count}"
                );
                values.remove(place);
            }
        }
    }
}

/// S33, P11
/// An older copy of Ada's session, a newer one of Eve's: which one it is does not depend on who comes first.
#[actix_web::test]
async fn of_two_valid_cookies_the_newer_counts_in_either_order() {
    let site = app::site();
    for kind in KINDS {
        let old = sign_in(&site.client(), kind).await;
        site.later(1);
        let client = site.client();
        client.get(&format!("{kind}/put/user/eve")).send().await;
        let new = client.cookie(COOKIE).expect("a cookie");
        assert_eq!(
            user(&client, kind, repeated(COOKIE, [&old, &new])).await,
            "eve",
            "{kind}"
        );
        assert_eq!(
            user(&client, kind, repeated(COOKIE, [&new, &old])).await,
            "eve",
            "{kind}"
        );
        let same = sign_in(&site.client(), kind).await;
        let first = user(&client, kind, repeated(COOKIE, [&same, &new])).await;
        assert_eq!(
            user(&client, kind, repeated(COOKIE, [&new, &same])).await,
            first,
            "{kind}: of the same second"
        );
    }
}

/// S33
/// A session that ended on the server does not hide the one that lives.
#[actix_web::test]
async fn a_dead_id_does_not_hide_a_living_one() {
    let site = app::site();
    let living = sign_in(&site.client(), "/kept").await;
    site.later(1);
    let ended = site.client();
    let dead = sign_in(&ended, "/kept").await;
    ended.get("/kept/destroy").send().await;
    for values in [[&dead, &living], [&living, &dead]] {
        assert_eq!(
            user(&site.client(), "/kept", repeated(COOKIE, values)).await,
            "ada"
        );
    }
}

/// S33
/// What a visitor sees to whom a neighbouring host planted junk: still the own session, also after the next write.
#[actix_web::test]
async fn planted_junk_does_not_sign_anybody_out() {
    let settings = |session: sessions_runtime::SessionSettings| session.domain("shop.example");
    for kind in KINDS {
        let site = Site::with(|builder| builder.session("session", settings), app::routes);
        let client = site.client().at("https://www.shop.example");
        let secured = |path: &str| client.get(path).header("x-forwarded-proto", "https");
        secured(&format!("{kind}/put/user/ada")).send().await;
        let name = "__Secure-session";
        let genuine = client.cookie(name).expect("a cookie of the domain");
        for _ in 0..3 {
            let line = format!("{name}=junk; {name}={genuine}");
            let reply = secured(&format!("{kind}/put/seen/yes"))
                .cookie_header(&line)
                .send()
                .await;
            assert_eq!(reply.status, 200);
            let reply = secured(&format!("{kind}/get/user"))
                .cookie_header(&line)
                .send()
                .await;
            assert_eq!(reply.text(), "ada", "{kind}");
        }
    }
}

/// S25, S26, V15, V16
#[actix_web::test]
async fn no_other_spelling_of_the_name_reaches_the_session() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let value = sign_in(&client, kind).await;
        for line in [
            format!("%5F%5FHost-session={value}"),
            format!("__Host%2Dsession={value}"),
            format!("={COOKIE}={value}"),
            format!("a=1; ={COOKIE}={value}"),
            format!("a=1;  {COOKIE}={value}"),
            format!("a=1;\t{COOKIE}={value}"),
            format!("{COOKIE} ={value}"),
            format!("{COOKIE}\t={value}"),
            format!("__hOsT-session={value}"),
            format!("__HOST-SESSION={value}"),
            format!("__host-session={value}"),
            format!("__Secure-session={value}"),
            format!("__Http-session={value}"),
            format!("__Host-Http-session={value}"),
            format!("session={value}"),
            format!("Session={value}"),
            format!("x{COOKIE}={value}"),
            format!("\"{COOKIE}\"={value}"),
            format!("a={COOKIE}={value}"),
            format!("$Path=/; a=\"; {COOKIE}={value}\""),
            value.clone(),
            format!("={value}"),
        ] {
            assert_eq!(
                user(&client, kind, &line).await,
                "nobody",
                "{kind}: {}",
                line.replace(&value, "…")
            );
        }
        assert_eq!(
            user(&client, kind, format!("a=1; {COOKIE}={value}; b=2")).await,
            "ada",
            "{kind}"
        );
    }
}

/// S34
/// Browsers evict cookies one by one.
#[actix_web::test]
async fn a_cookie_missing_from_a_set_is_an_empty_session() {
    let site = app::site();
    let client = site.client();
    client.get("/any/securecookie/session/put/ada").send().await;
    client.get("/any/memory/cart/put/tea").send().await;
    client.remove_cookie(COOKIE);
    let session = client.get("/any/securecookie/session/get").send().await;
    let cart = client.get("/any/memory/cart/get").send().await;
    assert_eq!(
        (
            session.status.as_u16(),
            session.text().as_str(),
            cart.text().as_str()
        ),
        (200, "nobody", "tea")
    );
    assert!(
        session.set_cookies().is_empty(),
        "what is missing is not written anew by reading"
    );
}

/// S5
#[actix_web::test]
async fn an_id_counts_in_the_cookie_header_only() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let value = sign_in(&client, kind).await;
        site.backend.take_operations();
        let thief = site.client();
        let path = format!("{kind}/get/user");
        let query = format!("{path}?{COOKIE}={value}&session={value}&sid={value}&PHPSESSID={value}");
        let matrix = format!("{path};jsessionid={value};session={value}");
        let mut answers = vec![thief.get(&query).send().await];
        for (header, text) in [
            ("session", value.clone()),
            ("x-session-id", value.clone()),
            (COOKIE, value.clone()),
            ("authorization", format!("Bearer {value}")),
            ("cookie2", format!("{COOKIE}={value}")),
            ("set-cookie", format!("{COOKIE}={value}")),
            ("referer", format!("http://127.0.0.1/?session={value}")),
        ] {
            answers.push(thief.get(&path).header(header, text).send().await);
        }
        answers.push(
            thief
                .get(&path)
                .form(&[("session", &value), (COOKIE, &value)])
                .send()
                .await,
        );
        for reply in answers {
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (200, "nobody"),
                "{kind}"
            );
        }
        assert_eq!(thief.get(&matrix).send().await.text(), "nobody", "{kind}: a path");
        assert!(
            site.backend.operations().is_empty(),
            "{kind}: the backend was not even asked"
        );
    }
}
