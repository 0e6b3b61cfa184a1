//! `Set-Cookie` lines: one for a name, and only octets that belong there, whatever a handler is made to pass on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder, get};
use sessions_runtime::testing::Client;
use sessions_runtime::{Session, SessionError, SessionStore, with_sessions};

use crate::app::{COOKIE, KINDS};
use crate::support::site::Site;

type Fields = web::Query<BTreeMap<String, String>>;

/// Sets a cookie of what the query says, as careless applications do.
#[with_sessions]
#[get("/lines/set")]
async fn set_what_the_query_says(fields: Fields) -> impl Responder {
    let field = |name: &str| fields.get(name).map(String::as_str);
    let set = session_store.set_cookie_with(
        field("name").unwrap_or("a"),
        field("value").unwrap_or("b"),
        |mut args| {
            if let Some(path) = field("path") {
                args = args.path(path);
            }
            if let Some(domain) = field("domain") {
                args = args.domain(domain);
            }
            args.secure(field("plain").is_none())
        },
    );
    let secure = session_store.set_secure_cookie(field("name").unwrap_or("a"), field("value").unwrap_or("b"));
    let deleted = session_store.delete_cookie(field("name").unwrap_or("a"));
    [set, secure, deleted]
        .map(|result| result.map_or_else(|err| format!("{:?}", err.kind()), |()| "ok".into()))
        .join(" ")
}

fn site() -> Site {
    Site::new(|app: &mut ServiceConfig| {
        app.service((
            set_what_the_query_says,
            sealed_twice,
            kept_twice,
            one_name_two_backends,
        ));
    })
}

async fn set(client: &Client, query: &str) -> (String, usize) {
    // A removal under a name like `__hOsT-a` is more than the client's strictness allows, but no danger.
    let reply = client
        .get(&format!("/lines/set?{query}"))
        .unchecked()
        .send()
        .await;
    assert_eq!(reply.status, 200, "{query}");
    (reply.text(), reply.headers.get_all(header::SET_COOKIE).count())
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02X}").expect("a string takes every text");
        text
    })
}

/// S28, V17
#[actix_web::test]
async fn octets_that_would_split_a_line_are_errors_and_never_sent() {
    let site = site();
    let client = site.client();
    let never = (0..=0x20_u8).chain([0x7F]).chain(*b";,\"\\");
    for octet in never {
        let text = escaped(&[b'a', octet, b'b']);
        assert_eq!(
            set(&client, &format!("name={text}")).await,
            ("InvalidName InvalidName InvalidName".into(), 0),
            "{text}"
        );
        let (answer, _) = set(&client, &format!("value={text}")).await;
        assert_eq!(
            answer, "InvalidCookie ok ok",
            "{text}: what is sealed may be anything"
        );
    }
    for octet in (0..=0x20_u8).chain([0x7F]).chain(*b";") {
        let text = escaped(&[b'/', octet, b'b']);
        assert!(
            set(&client, &format!("path={text}"))
                .await
                .0
                .starts_with("InvalidCookie"),
            "{text}"
        );
        assert!(
            set(&client, &format!("domain={text}"))
                .await
                .0
                .starts_with("InvalidCookie"),
            "{text}"
        );
    }
    for text in ["%C3%A4", "a%0D%0ASet-Cookie:%20evil=1", "a=b", "a%3Bb", ""] {
        assert_eq!(set(&client, &format!("name={text}")).await.1, 0, "{text}");
    }
    for text in [
        "%C3%A4",
        "b%0D%0ASet-Cookie:%20evil=1",
        "b%3B%20Domain=evil.example",
    ] {
        let (answer, lines) = set(&client, &format!("value={text}")).await;
        assert_eq!(
            (answer.as_str(), lines),
            ("InvalidCookie ok ok", 1),
            "{text}: the line is the removal"
        );
    }
}

/// S24, S25, S28
#[actix_web::test]
async fn prefixed_names_keep_their_rules_in_any_case() {
    let site = site();
    let client = site.client();
    for name in ["__Host-a", "__hOsT-a", "__HOST-a"] {
        for query in ["path=/shop", "domain=shop.example", "plain=1"] {
            assert!(
                set(&client, &format!("name={name}&{query}"))
                    .await
                    .0
                    .starts_with("InvalidName"),
                "{name} {query}"
            );
        }
    }
    for name in ["__Secure-a", "__secure-a"] {
        assert!(
            set(&client, &format!("name={name}&plain=1"))
                .await
                .0
                .starts_with("InvalidName"),
            "{name}"
        );
        assert!(
            set(&client, &format!("name={name}&path=/shop"))
                .await
                .0
                .starts_with("ok"),
            "{name}"
        );
    }
}

/// Lines of the handler's own, two of them under names that are taken.
fn more_lines(mut response: HttpResponse) -> HttpResponse {
    for line in [
        "twice=theirs; SameSite=Lax",
        "__Host-session=theirs; Path=/; Secure; SameSite=Lax",
        "own=1; SameSite=Lax",
    ] {
        response
            .headers_mut()
            .append(header::SET_COOKIE, header::HeaderValue::from_static(line));
    }
    let own = Cookie::build("built", "1")
        .same_site(actix_web::cookie::SameSite::Lax)
        .finish();
    response.add_cookie(&own).expect("a fit cookie");
    response
}

/// Everything at once on two names: set, deleted, set again, sealed; written, destroyed, written.
fn twice(session: &Session, session_store: &SessionStore) -> Result<HttpResponse, SessionError> {
    session_store.set_cookie("twice", "first")?;
    session_store.delete_cookie("twice")?;
    session_store.set_secure_cookie("twice", "second")?;
    session_store.set_cookie("twice", "last")?;
    session.insert("user", "ada")?;
    session.destroy();
    session.insert("user", "eve")?;
    session.renew();
    Ok(more_lines(HttpResponse::Ok().finish()))
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/twice")]
async fn sealed_twice(session: &Session, session_store: &SessionStore) -> Result<HttpResponse, SessionError> {
    twice(session, session_store)
}

#[with_sessions(default = "memory")]
#[get("/kept/twice")]
async fn kept_twice(session: &Session, session_store: &SessionStore) -> Result<HttpResponse, SessionError> {
    twice(session, session_store)
}

/// S27
#[actix_web::test]
async fn one_name_has_one_line_however_often_it_was_set() {
    let site = site();
    for kind in KINDS {
        let client = site.client();
        for round in 0..2 {
            let reply = client.get(&format!("{kind}/twice")).send().await;
            let lines = reply.set_cookies();
            let mut names: Vec<&str> = lines.iter().map(|cookie| cookie.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, [COOKIE, "built", "own", "twice"], "{kind}: round {round}");
            assert_eq!(reply.set_cookie("twice").expect("a line").value, "last", "{kind}");
            assert_ne!(
                reply.set_cookie(COOKIE).expect("a line").value,
                "theirs",
                "{kind}"
            );
        }
    }
}

#[with_sessions]
#[get("/lines/backends")]
async fn one_name_two_backends() -> Result<impl Responder, SessionError> {
    session_store
        .get_session("cart")
        .backend("memory")
        .await?
        .insert("tea", 1)?;
    let err = session_store
        .get_session("cart")
        .backend("securecookie")
        .await
        .expect_err("one name, one backend");
    let cookie = session_store
        .set_cookie("__Host-cart", "mine")
        .expect_err("the name of a session");
    Ok(format!("{:?} {:?}", err.kind(), cookie.kind()))
}

/// S27
#[actix_web::test]
async fn two_backends_cannot_share_a_name_in_one_answer() {
    let site = site();
    let reply = site.client().get("/lines/backends").send().await;
    assert_eq!(
        (reply.text().as_str(), reply.set_cookies().len()),
        ("NameTaken NameTaken", 1)
    );
}
