//! A request that began before a sign-in and ends after it: what it may still change, and what the browser hears.

use std::time::Duration;

use actix_web::{HttpResponse, get, rt, web};
use sessions_runtime::testing::{Client, Operation, Reply};
use sessions_runtime::{SameSite, Session, SessionError, SessionStore, with_sessions};

use crate::lifetimes::max_age;
use crate::pages::{self, COOKIE, crossed, id_of, text, visitor};
use crate::support::gate::Gate;
use crate::support::site::{OTHER_SECRET, SECRET, Site, secret};

/// Does everything at once, as from before the sign-in.
#[with_sessions(default = "memory")]
#[get("/everything")]
async fn everything() -> Result<&'static str, SessionError> {
    session.insert("user", "mallory")?;
    session.insert("theme", "dark")?;
    session.remove("before");
    session.remove("changed");
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    session.modify("visits", |n: &mut u32| *n += 10)?;
    session.add_flash("hello")?;
    Ok("done")
}

#[with_sessions(default = "memory")]
#[get("/sign-in")]
async fn sign_in() -> Result<&'static str, SessionError> {
    session.insert("user", "ada")?;
    session.insert("changed", "by the sign-in")?;
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 100)?;
    session.renew();
    Ok("signed in")
}

/// Signs in, and stays signed in for so long.
#[with_sessions(default = "memory")]
#[get("/sign-in-for/{seconds}")]
async fn sign_in_for(session: &Session, seconds: web::Path<u64>) -> Result<&'static str, SessionError> {
    session.insert("user", "ada")?;
    session.remember_for(Duration::from_secs(*seconds));
    session.renew();
    Ok("signed in")
}

/// Chooses a lifetime, and counts, which has to be written whatever became of the session.
#[with_sessions(default = "memory")]
#[get("/visit-for/{seconds}")]
async fn visit_for(session: &Session, seconds: web::Path<u64>) -> Result<&'static str, SessionError> {
    session.remember_for(Duration::from_secs(*seconds));
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok("visited")
}

/// Reads, waits, and has the cookie sent again.
#[with_sessions(default = "memory")]
#[get("/resend")]
async fn resend(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
) -> Result<String, SessionError> {
    session_store.update_session_args("session", |args| args.same_site(SameSite::Strict))?;
    gate.pass().await;
    Ok(session.keys().join(","))
}

/// The same, and the response fails.
#[with_sessions(default = "memory")]
#[get("/resend-in-vain")]
async fn resend_in_vain(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, SessionError> {
    session_store.update_session_args("session", |args| args.same_site(SameSite::Strict))?;
    gate.pass().await;
    Ok(HttpResponse::InternalServerError().body(session.keys().join(",")))
}

/// Saves twice, and tells what it sees in between.
#[with_sessions(default = "memory")]
#[get("/saves-twice")]
async fn saves_twice() -> Result<String, SessionError> {
    session.insert("theme", "dark")?;
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    session.add_flash("hello")?;
    session.save().await?;
    let seen = format!(
        "{} {:?} {}",
        session.keys().join(","),
        session.get::<String>("user")?,
        session.peek_flashes()?.len()
    );
    session.clear();
    session.insert("user", "mallory")?;
    session.insert("theme", "light")?;
    session.update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(seen)
}

/// The same, and the first save has nothing to write once it has crossed a sign-in.
#[with_sessions(default = "memory")]
#[get("/saves-in-vain")]
async fn saves_in_vain() -> Result<String, SessionError> {
    session.insert("user", "mallory")?;
    session.save().await?;
    let seen = format!(
        "{} {:?}",
        session.keys().join(","),
        session.get::<String>("user")?
    );
    session.insert("user", "mallory")?;
    Ok(seen)
}

#[with_sessions(default = "memory")]
#[get("/read")]
async fn read(gate: web::Data<Gate>) -> String {
    gate.pass().await;
    session.keys().join(",")
}

fn site() -> (Site, Gate) {
    let gate = Gate::new();
    let data = web::Data::new(gate.clone());
    let site = Site::new(move |app| {
        app.app_data(data.clone())
            .service((everything, sign_in, sign_in_for, visit_for))
            .service((saves_twice, saves_in_vain, resend, resend_in_vain, read));
        pages::routes(app);
    });
    (site, gate)
}

/// S9, C1
/// The counter-example "privileged entry": sets and removes act only on what the request saw; `update`, `modify` and
/// messages always arrive; the id is the winner's to hand out.
#[actix_web::test]
async fn a_request_from_before_a_sign_in_cannot_overwrite_what_it_wrote() {
    let (site, _) = site();
    let client = visitor(&site, &["before", "changed"]).await;
    let (slow, fast) = crossed(&site, &client, ("/everything", Operation::Replace), "/sign-in").await;
    assert_eq!((slow.status.as_u16(), fast.status.as_u16()), (200, 200));
    assert!(slow.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
    assert_eq!(text(&client, "/kept/get/changed").await, "by the sign-in");
    assert_eq!(text(&client, "/kept/keys").await, "changed,theme,user,visits");
    assert_eq!(text(&client, "/kept/count/visits").await, "111");
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// S9
#[actix_web::test]
async fn clearing_from_before_a_sign_in_leaves_what_the_sign_in_wrote() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let (slow, _) = crossed(&site, &client, ("/kept/clear", Operation::Replace), "/sign-in").await;
    assert!(slow.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/keys").await, "changed,user,visits");
}

/// S9
/// A second conflict does not take what the sign-in chose for what the request saw.
#[actix_web::test]
async fn a_lifetime_from_before_a_sign_in_is_dropped_however_often_the_save_is_tried() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let first = site.backend.pause_next(Operation::Replace);
    let late = rt::spawn(client.get("/visit-for/9000").send());
    first.reached().await;
    assert_eq!(text(&client, "/sign-in-for/1000").await, "signed in");
    let second = site.backend.pause_next(Operation::Replace);
    first.release();
    second.reached().await;
    assert_eq!(text(&client, "/kept/set/theme/dark").await, "set");
    second.release();
    let late = late.await.expect("the request is answered");
    assert!(late.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/count/visits").await, "1");
    // The next cookie says what is left.
    let renewed = client.get("/kept/renew/before").send().await;
    assert_eq!(max_age(&renewed), Some(1_000));
}

/// S9, V27
/// A save in the middle shows it nothing that the sign-in wrote, and what follows keeps to the same rule.
#[actix_web::test]
async fn a_request_from_before_a_sign_in_that_saves_twice_neither_sees_nor_overwrites_it() {
    let (site, _) = site();
    let client = visitor(&site, &["before", "changed"]).await;
    client.get("/kept/flash/waiting").send().await;
    let (slow, _) = crossed(&site, &client, ("/saves-twice", Operation::Replace), "/sign-in").await;
    assert_eq!(slow.text(), "before,changed,theme None 0");
    assert!(slow.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/keys").await, "changed,theme,user,visits");
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
    assert_eq!(text(&client, "/kept/get/changed").await, "by the sign-in");
    assert_eq!(text(&client, "/kept/get/theme").await, "light");
    assert_eq!(text(&client, "/kept/count/visits").await, "102");
    assert_eq!(text(&client, "/kept/flashes").await, "waiting,hello");
}

/// S9
/// Nor does a save that turned out to have nothing to write open its eyes.
#[actix_web::test]
async fn a_save_in_vain_across_a_sign_in_neither_shows_nor_overwrites_what_that_wrote() {
    let (site, _) = site();
    let client = visitor(&site, &["before", "changed"]).await;
    let (slow, _) = crossed(&site, &client, ("/saves-in-vain", Operation::Replace), "/sign-in").await;
    assert_eq!(slow.text(), "before,changed None");
    assert!(slow.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
}

/// S9
/// The other order: the sign-in ends last.
#[actix_web::test]
async fn a_sign_in_that_ends_last_overwrites_what_came_between() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    let (slow, fast) = crossed(&site, &client, ("/sign-in", Operation::Replace), "/everything").await;
    assert_eq!(slow.set_cookies().len(), 1);
    assert!(fast.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
    assert_eq!(text(&client, "/kept/keys").await, "changed,theme,user,visits");
    assert_eq!(text(&client, "/kept/count/visits").await, "111");
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// C8, S9
/// Messages belong to whoever has the new id: a page from before shows none of them.
#[actix_web::test]
async fn messages_are_not_shown_by_a_page_from_before_a_renewal() {
    let (site, _) = site();
    let client = visitor(&site, &["before"]).await;
    client.get("/kept/flash/hello").send().await;
    let (slow, _) = crossed(&site, &client, ("/kept/flashes", Operation::Replace), "/sign-in").await;
    assert_eq!(slow.text(), "");
    assert!(slow.set_cookies().is_empty());
    assert_eq!(text(&client, "/kept/flashes").await, "hello");
}

/// The answer of a page that began before `meanwhile` and ends after it.
async fn around(client: &Client, gate: &Gate, page: &str, meanwhile: &str) -> Reply {
    let late = rt::spawn(client.get(page).send());
    gate.arrived().await;
    client.get(meanwhile).send().await;
    gate.open();
    late.await.expect("the request is answered")
}

/// S9
/// A cookie that is sent again for its attributes alone is not sent with an id that has ended meanwhile.
#[actix_web::test]
async fn attributes_are_not_sent_with_an_id_that_stopped_working() {
    let (site, gate) = site();
    for meanwhile in ["/sign-in", "/kept/logout"] {
        let client = visitor(&site, &["before"]).await;
        let late = around(&client, &gate, "/resend", meanwhile).await;
        assert_eq!(late.text(), "before");
        assert!(late.set_cookie(COOKIE).is_none(), "{meanwhile}");
    }
    let client = visitor(&site, &["before"]).await;
    let late = around(&client, &gate, "/resend", "/kept/set/a/1").await;
    assert_eq!(
        late.set_cookie(COOKIE)
            .and_then(|cookie| cookie.same_site)
            .as_deref(),
        Some("Strict")
    );
    assert_eq!(text(&client, "/kept/keys").await, "a,before");
}

/// S9
/// A response that fails does not ask whether the id still works, and so sends none again.
#[actix_web::test]
async fn attributes_are_not_sent_with_a_failed_response() {
    let (site, gate) = site();
    for (meanwhile, user) in [("/sign-in", "ada"), ("/kept/set/a/1", "-")] {
        let client = visitor(&site, &["before"]).await;
        let late = around(&client, &gate, "/resend-in-vain", meanwhile).await;
        assert_eq!((late.status.as_u16(), late.text().as_str()), (500, "before"));
        assert!(late.set_cookies().is_empty(), "{meanwhile}");
        assert_eq!(text(&client, "/kept/get/user").await, user);
    }
}

/// S9
/// After a change of keys every response seals its cookie anew: that must not bring an old id back.
#[actix_web::test]
async fn a_key_change_does_not_bring_back_an_id_that_was_renewed() {
    let (old_site, gate) = site();
    let client = visitor(&old_site, &["before"]).await;
    let cookie = id_of(&client);

    // The same records, after a deploy with a new key.
    let sessions = sessions_runtime::Sessions::builder()
        .secret_key(secret(OTHER_SECRET))
        .fallback_key(secret(SECRET))
        .clock(old_site.clock.clone())
        .backend("memory", old_site.backend.clone())
        .skip_verification()
        .build()
        .expect("the settings are fit");
    let data = web::Data::new(gate.clone());
    let server = sessions_runtime::testing::serve(move |app| {
        app.app_data(sessions.clone())
            .app_data(data.clone())
            .service((sign_in, read));
        pages::routes(app);
    });
    let client = Client::new(&server).with_clock(old_site.clock.clone());
    client.set_raw_cookie(COOKIE, &cookie);
    let late = around(&client, &gate, "/read", "/sign-in").await;
    assert_eq!(late.text(), "before");
    assert!(late.set_cookies().is_empty(), "it would sign the browser out");
    assert_eq!(text(&client, "/kept/get/user").await, "ada");
}
