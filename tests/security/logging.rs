//! What the log says, once and in one piece.

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get};
use sessions_runtime::{CookieArgs, SessionError, with_sessions};

use crate::app::{self, KINDS};
use crate::support::logs;
use crate::support::site::Site;

/// S21
#[actix_web::test]
async fn cookies_without_secure_are_logged_once() {
    let logs = logs::capture();
    let mark = logs.mark();
    let site = Site::with(
        |builder| {
            builder
                .cookie_name("insecure_and_loud")
                .cookie_args(CookieArgs::new().secure(false))
        },
        app::routes,
    );
    let said = || {
        logs.lines(mark, "insecure_and_loud")
            .into_iter()
            .filter(|line| line.contains("without `Secure`"))
    };
    assert_eq!(said().count(), 1);
    for kind in KINDS {
        for _ in 0..20 {
            site.client().get(&format!("{kind}/put/user/ada")).send().await;
        }
    }
    assert_eq!(said().count(), 1);
    assert!(said().all(|line| line.contains("WARN")));
    let mark = logs.mark();
    drop(Site::with(
        |builder| builder.cookie_name("secure_and_quiet"),
        app::routes,
    ));
    assert!(
        logs.lines(mark, "secure_and_quiet")
            .iter()
            .all(|line| !line.contains("without `Secure`"))
    );
}

const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

/// S21
/// The other tests of this binary send no `Secure` cookie over plain http to a strange host, or say that a proxy had TLS.
#[actix_web::test]
async fn secure_cookies_over_plain_http_are_hinted_at_once() {
    let logs = logs::capture();
    let mark = logs.mark();
    let hints = || logs.lines(mark, "goes out over plain http").len();
    let put = "/sealed/put/user/ada";

    // Where it works, nothing is said: loopback in its spellings, Chrome, TLS in front, or no session cookie at all.
    let site = app::site();
    for host in [
        "127.0.0.1:8080",
        "localhost",
        "localhost:3000",
        "shop.localhost",
        "[::1]:8080",
        "127.0.0.53",
    ] {
        site.client()
            .get(put)
            .header("host", host)
            .header("user-agent", CHROME)
            .send()
            .await;
    }
    for (name, value) in [
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=192.0.2.60;proto=https;by=203.0.113.43"),
    ] {
        let client = site.client().at("http://shop.example");
        client
            .get(put)
            .header(name, value)
            .header("user-agent", SAFARI)
            .send()
            .await;
    }
    site.client()
        .at("http://shop.example")
        .get("/sealed/get/user")
        .send()
        .await;
    let insecure = Site::with(
        |builder| builder.cookie_args(CookieArgs::new().secure(false)),
        app::routes,
    );
    insecure.client().at("http://shop.example").get(put).send().await;
    assert_eq!(hints(), 0);

    // Where it does not, one line says so, with the cure.
    for (number, kind) in KINDS.into_iter().enumerate() {
        let site = app::site();
        let put = format!("{kind}/put/user/ada");
        for _ in 0..3 {
            site.client()
                .at("http://shop.example")
                .get(&put)
                .header("user-agent", CHROME)
                .send()
                .await;
        }
        assert_eq!(hints(), 2 * number + 1, "{kind}");
        let site = app::site();
        for _ in 0..3 {
            site.client().get(&put).header("user-agent", SAFARI).send().await;
        }
        assert_eq!(hints(), 2 * number + 2, "{kind}");
    }
    let line = logs.lines(mark, "goes out over plain http").remove(0);
    assert!(
        line.contains("WARN") && line.contains("secure(false)") && line.contains("X-Forwarded-Proto"),
        "{line}"
    );
    assert!(!line.contains("shop.example"), "no octet of the request: {line}");
}

/// Everything that a request can put into a message.
#[with_sessions]
#[get("/inject/{place}")]
async fn inject(
    place: web::Path<String>,
    text: web::Query<Vec<(String, String)>>,
) -> Result<impl Responder, SessionError> {
    let text = text.first().map(|(_, text)| text.as_str()).unwrap_or_default();
    let sealed = session_store
        .get_session("inject_sealed")
        .backend("securecookie")
        .await?;
    let kept = session_store.get_session("inject_kept").backend("memory").await?;
    match place.as_str() {
        "sealed_entry" => sealed.insert(text, "#".repeat(5_000))?,
        "kept_entry" => kept.insert(text, "#".repeat(100_000))?,
        "cookie_name" => session_store.set_cookie(text, "x")?,
        "prefixed_name" => session_store.set_cookie_with("__Host-x", "x", |args| args.path(text))?,
        "cookie_value" => session_store.set_cookie("x", text)?,
        "cookie_path" => session_store.set_cookie_with("x", "x", |args| args.path(text))?,
        "session_name" => drop(session_store.get_session(text).await?),
        "backend_name" => drop(session_store.get_session("x").backend(text.to_owned()).await?),
        "long_flash" => sealed.add_flash_to(text, "#".repeat(5_000))?,
        "wrong_type" => {
            sealed.insert("x", text)?;
            sealed.get::<u64>("x")?;
        }
        other => panic!("`{other}` is not a place"),
    }
    Ok("nothing failed")
}

/// The same, with the error in the application's own log.
#[with_sessions]
#[get("/report/{place}")]
async fn report(place: web::Path<String>, text: web::Query<Vec<(String, String)>>) -> impl Responder {
    let text = text.first().map(|(_, text)| text.as_str()).unwrap_or_default();
    let result = match place.as_str() {
        "session_name" => session_store.get_session(text).await.map(drop),
        "backend_name" => session_store
            .get_session("x")
            .backend(text.to_owned())
            .await
            .map(drop),
        _ => session_store.set_cookie(text, "x"),
    };
    if let Err(err) = result {
        tracing::error!(error = ?err, display = %err, "inject_report");
    }
    "reported"
}

/// S59
/// A line break, an escape sequence, a separator, in whatever an attacker may choose: no second line, no raw octet.
#[actix_web::test]
async fn no_octet_of_a_request_begins_a_line_of_the_log() {
    let logs = logs::capture();
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service((inject, report));
        app::routes(app);
    });
    let client = site.client();
    let mark = logs.mark();
    let forged = [
        "%0D%0AINJECTED%20LINE",
        "%0AINJECTED%20LINE",
        "%1B[2JINJECTED%20LINE",
        "%C2%85INJECTED%20LINE",
        "%E2%80%A8INJECTED%20LINE",
    ];
    for text in forged {
        for place in [
            "sealed_entry",
            "kept_entry",
            "cookie_name",
            "prefixed_name",
            "cookie_value",
            "cookie_path",
            "session_name",
            "backend_name",
            "long_flash",
            "wrong_type",
        ] {
            let reply = client.get(&format!("/inject/{place}?text={text}")).send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (500, ""),
                "{place}: {text}"
            );
        }
        for place in ["session_name", "backend_name", "cookie_name"] {
            client.get(&format!("/report/{place}?text={text}")).send().await;
        }
    }
    for value in ["%0AINJECTED LINE", "\\nINJECTED LINE", "\t\x1b[31mINJECTED LINE"] {
        for kind in KINDS {
            let request = client
                .get(&format!("{kind}/get/user"))
                .cookie_header(format!("__Host-session={value}"));
            drop(request.header("user-agent", "x INJECTED LINE").send().await);
        }
    }
    let text = logs.since(mark);
    assert!(
        text.contains("INJECTED LINE"),
        "names of entries are in the log, so this test looks at something"
    );
    for line in text.split(['\n', '\u{85}', '\u{2028}']) {
        assert!(!line.trim_start().starts_with("INJECTED LINE"), "{line:?}");
        assert!(
            !(line.contains("INJECTED LINE") && line.contains(['\r', '\x1b'])),
            "{line:?}"
        );
    }
}

#[with_sessions]
#[session(name = "marked", backend = "memory")]
#[get("/marked")]
async fn marked_session() -> Result<impl Responder, SessionError> {
    marked
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

/// S57
#[actix_web::test]
async fn lines_of_one_session_carry_one_mark() {
    let logs = logs::capture();
    let site = Site::new(|app| {
        app.service(marked_session);
    });
    let begin = logs.mark();
    let (ada, bob) = (site.client(), site.client());
    for client in [&ada, &ada, &bob] {
        client.get("/marked").send().await;
    }
    let lines = logs.lines(begin, "marked (memory) #");
    let mark = |line: &String| {
        line.split("marked (memory) #")
            .nth(1)
            .map(|rest| rest[..8].to_owned())
    };
    let marks: Vec<_> = lines.iter().filter_map(mark).collect();
    let [first, second, other] = marks.as_slice() else {
        panic!("one line each: {lines:?}")
    };
    assert_eq!(first, second);
    assert_ne!(first, other);
}
