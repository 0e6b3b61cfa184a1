//! When a typed session is saved, and when not.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::{Failure, Operation};
use sessions_runtime::{SessionData, SessionError, SessionMiddleware, Sessions, SessionsExt, with_sessions};

use crate::support::site::{Site, parts};

#[derive(Debug, Serialize, Deserialize, Default, SessionData)]
#[session(name = "saved", backend = "memory")]
struct Saved {
    count: u32,
    items: BTreeMap<String, u32>,
    hash: HashMap<String, u32>,
    nested: Nested,
}

/// One entry, whose map may be written in any order.
#[derive(Debug, Serialize, Deserialize, Default)]
struct Nested {
    hash: HashMap<String, u32>,
}

/// The same in the cookie.
#[derive(Debug, Serialize, Deserialize, Default, SessionData)]
#[session(name = "sealed", backend = "securecookie")]
struct Sealed {
    count: u32,
    items: BTreeMap<String, u32>,
}

/// Somebody who is signed in for a short time, beside the visitor that everybody is for long.
#[derive(Debug, Serialize, Deserialize, Default, SessionData)]
#[session(
    name = "account",
    backend = "memory",
    session_max_age = "1h",
    idle_timeout = "10m"
)]
struct Account {
    user: Option<String>,
}

/// A default that is another one each time.
#[derive(Debug, Serialize, Deserialize, SessionData)]
#[session(name = "token", backend = "memory")]
struct Token {
    token: u64,
    uses: u32,
}

impl Default for Token {
    fn default() -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self {
            token: NEXT.fetch_add(1, Ordering::Relaxed),
            uses: 0,
        }
    }
}

/// Refuses to be written once it is odd.
#[derive(Debug, Deserialize, Default, SessionData)]
#[session(name = "refusing", backend = "memory")]
struct Refusing {
    count: u32,
}

impl Serialize for Refusing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeStruct};
        if self.count % 2 == 1 {
            return Err(S::Error::custom("odd"));
        }
        let mut fields = serializer.serialize_struct("Refusing", 1)?;
        fields.serialize_field("count", &self.count)?;
        fields.end()
    }
}

#[with_sessions]
#[get("/answer/{status}")]
async fn answer(status: web::Path<u16>, saved: &mut Saved, sealed: &mut Sealed) -> HttpResponse {
    saved.count += 1;
    sealed.count += 1;
    let status = StatusCode::from_u16(*status).expect("a status");
    HttpResponse::build(status).body(format!("{} {}", saved.count, sealed.count))
}

#[with_sessions(save = "always")]
#[get("/always")]
async fn always(saved: &mut Saved) -> HttpResponse {
    saved.count += 10;
    HttpResponse::BadGateway().finish()
}

#[with_sessions]
#[get("/fail")]
async fn fail(saved: &mut Saved, sealed: &mut Sealed) -> Result<String, SessionError> {
    saved.count += 1;
    sealed.items.insert("tea".into(), 1);
    session_store.get_session("two words").await?;
    Ok(String::new())
}

#[with_sessions]
#[get("/panic")]
async fn panics(saved: &mut Saved) -> &'static str {
    saved.count += 1;
    assert!(saved.count > 1_000, "as the test wants it");
    "never"
}

/// The last extractor refuses, after the sessions are declared.
#[with_sessions]
#[get("/refused")]
async fn refused(saved: &mut Saved, number: web::Query<BTreeMap<String, u8>>) -> String {
    saved.count += 1;
    format!("{number:?}")
}

#[with_sessions]
#[get("/fill")]
async fn fill(saved: &mut Saved, sealed: &mut Sealed) -> &'static str {
    for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        saved.items.insert(key.into(), 1);
        saved.hash.insert(key.into(), 1);
        saved.nested.hash.insert(key.into(), 1);
        sealed.items.insert(key.into(), 1);
    }
    "filled"
}

/// Reads through every exclusive way there is.
#[with_sessions]
#[get("/look")]
async fn look(saved: &mut Saved, sealed: &mut Sealed) -> String {
    let seen = saved.items.iter_mut().map(|(_, n)| *n).sum::<u32>()
        + saved.hash.values_mut().map(|n| *n).sum::<u32>()
        + saved.nested.hash.iter_mut().map(|(_, n)| *n).sum::<u32>()
        + sealed.items.iter_mut().map(|(_, n)| *n).sum::<u32>();
    // There and back again.
    saved.count += 1;
    saved.count -= 1;
    saved.hash.insert("z".into(), 1);
    saved.hash.remove("z");
    seen.to_string()
}

#[with_sessions]
#[get("/token")]
async fn token(token: &Token) -> String {
    token.token.to_string()
}

#[with_sessions]
#[get("/use")]
async fn use_token(token: &mut Token) -> String {
    token.uses += 1;
    token.token.to_string()
}

#[with_sessions]
#[get("/refusing/{count}")]
async fn refusing(count: web::Path<u32>, refusing: &mut Refusing, saved: &mut Saved) -> String {
    saved.count += 100;
    std::mem::replace(&mut refusing.count, count.into_inner()).to_string()
}

#[with_sessions]
#[get("/sign_in/{user}")]
async fn sign_in(
    user: web::Path<String>,
    account: &mut Account,
    saved: &mut Saved,
) -> Result<String, SessionError> {
    account.user = Some(user.into_inner());
    saved.count += 1;
    session_store.session::<Account>().await?.renew();
    Ok(String::new())
}

#[with_sessions]
#[get("/who")]
async fn who(account: &Account, saved: &Saved) -> String {
    format!("{:?} {}", account.user, saved.count)
}

async fn without_attribute(request: actix_web::HttpRequest) -> Result<String, SessionError> {
    let saved = request.session_store()?.session::<Saved>().await?;
    Ok(saved.update(|saved| saved.count += 1)?.count.to_string())
}

fn routes(app: &mut web::ServiceConfig) {
    app.service((
        answer, always, fail, panics, refused, fill, look, token, use_token,
    ))
    .service((refusing, sign_in, who))
    .route("/service", web::get().to(without_attribute));
}

fn site() -> Site {
    Site::new(routes)
}

/// T25, T14
#[actix_web::test]
async fn every_answer_below_500_saves_and_no_other_does() {
    let site = site();
    let client = site.client();
    let get = async |path: &str| client.get(path).send().await.text();
    assert_eq!(get("/answer/200").await, "1 1");
    assert_eq!(get("/answer/404").await, "2 2");
    assert_eq!(get("/answer/500").await, "3 3");
    assert_eq!(get("/answer/303").await, "3 3");
    get("/always").await;
    assert_eq!(get("/answer/200").await, "14 4");
    assert_eq!(client.get("/fail").send().await.status, 500);
    assert_eq!(client.get("/refused?n=300").send().await.status, 400);
    assert_eq!(get("/answer/200").await, "15 5");
}

/// P54
#[actix_web::test]
async fn a_panic_saves_nothing() {
    let site = site();
    let client = site.client();
    client.get("/answer/200").send().await;
    assert!(
        client.get("/panic").try_send().await.is_err(),
        "the connection is dropped"
    );
    assert_eq!(client.get("/answer/200").send().await.text(), "2 2");
}

/// P44, T14, S38
#[actix_web::test]
async fn reading_through_an_exclusive_binding_writes_nothing() {
    let site = site();
    let client = site.client();
    client.get("/fill").send().await;
    for _ in 0..8 {
        site.backend.take_operations();
        let reply = client.get("/look").send().await;
        assert_eq!(reply.text(), "32");
        assert!(reply.set_cookies().is_empty());
        assert_eq!(reply.header("vary"), Some("Cookie"));
        assert_eq!(site.backend.take_operations(), [Operation::Load]);
    }
}

/// P44
/// And with the first change it stays what it is, although the default is another one each time.
#[actix_web::test]
async fn a_default_that_differs_each_time_is_not_stored_by_reading() {
    let site = site();
    let client = site.client();
    let get = async |path: &str| client.get(path).send().await.text();
    assert_ne!(get("/token").await, get("/token").await);
    assert_eq!(site.memory.len(), 0);
    let kept = get("/use").await;
    assert_eq!(get("/token").await, kept);
    assert_eq!(get("/use").await, kept);
}

/// P25, S60
#[actix_web::test]
async fn a_value_that_cannot_be_written_fails_the_answer_and_saves_nothing() {
    let site = site();
    let client = site.client();
    assert_eq!(client.get("/refusing/2").send().await.status, 200);
    let failed = client.get("/refusing/3").send().await;
    assert_eq!((failed.status.as_u16(), failed.text().as_str()), (500, ""));
    assert!(failed.set_cookies().is_empty());
    assert_eq!(client.get("/refusing/2").send().await.text(), "2");
    assert_eq!(client.get("/who").send().await.text(), "None 200");
}

/// P24, P25
#[actix_web::test]
async fn a_backend_that_is_down_answers_503_before_the_handler_runs() {
    let site = site();
    let client = site.client();
    client.get("/answer/200").send().await;
    site.backend.fail_next(Operation::Load, Failure::Before);
    assert_eq!(client.get("/answer/200").send().await.status, 503);
    site.backend.fail_next(Operation::Replace, Failure::Before);
    let failed = client.get("/answer/200").send().await;
    assert_eq!(failed.status, 503);
    assert!(failed.set_cookies().is_empty(), "nor a sealed one");
    assert_eq!(client.get("/answer/200").send().await.text(), "2 2");
}

/// S67
#[actix_web::test]
async fn a_visitor_and_an_account_live_side_by_side_for_their_own_times() {
    let site = site();
    let client = site.client();
    client.get("/answer/200").send().await;
    let before = client.cookie("__Host-account");
    client.get("/sign_in/ada").send().await;
    assert_eq!(client.get("/who").send().await.text(), r#"Some("ada") 2"#);
    assert!(before.is_none() && client.cookie("__Host-account").is_some());
    let visitor = client.cookie("__Host-saved");
    site.later(11 * 60);
    assert_eq!(client.get("/who").send().await.text(), "None 2");
    client.get("/sign_in/eve").send().await;
    assert_eq!(client.get("/who").send().await.text(), r#"Some("eve") 3"#);
    assert_eq!(
        client.cookie("__Host-saved"),
        visitor,
        "the visitor's id is its own"
    );
}

/// T24
#[actix_web::test]
async fn a_service_without_the_attribute_has_the_handle_and_the_middleware_saves() {
    let (_clock, _memory, _backend, builder) = parts();
    let sessions: Sessions = builder.build().expect("the settings are fit");
    let server = sessions_runtime::testing::serve_app(move || {
        actix_web::App::new()
            .app_data(sessions.clone())
            .configure(routes)
            .wrap(SessionMiddleware::new())
    });
    let client = sessions_runtime::testing::Client::new(&server);
    for expected in ["1", "2"] {
        assert_eq!(client.get("/service").send().await.text(), expected);
    }
    // The middleware decides over what an annotated handler did, too.
    assert_eq!(client.get("/answer/200").send().await.text(), "3 1");
    assert_eq!(client.get("/answer/500").send().await.text(), "4 2");
    assert_eq!(client.get("/answer/200").send().await.text(), "4 2");
}
