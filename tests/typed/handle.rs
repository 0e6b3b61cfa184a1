//! The handle of a typed session, alone and beside a binding.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use actix_web::rt;
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Operation;
use sessions_runtime::{ErrorKind, SessionData, SessionError, with_sessions};

use crate::support::site::Site;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default, SessionData)]
#[session(name = "handled", backend = "memory")]
struct Handled {
    count: u32,
    items: BTreeMap<String, u32>,
}

impl Handled {
    fn shown(&self) -> String {
        format!("{} {:?}", self.count, self.items)
    }
}

#[with_sessions]
#[get("/show")]
async fn show(handled: &Handled) -> String {
    handled.shown()
}

#[with_sessions]
#[get("/add/{key}")]
async fn add(key: web::Path<String>, handled: &mut Handled) -> String {
    handled.items.insert(key.into_inner(), 1);
    handled.shown()
}

#[with_sessions]
#[get("/set")]
async fn set() -> Result<String, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    let value = Handled {
        count: 7,
        items: BTreeMap::from([("set".into(), 7)]),
    };
    handle.set(&value)?;
    assert_eq!(handle.get()?, value);
    handle.set(&value)?;
    Ok(handle.untyped().is_modified().to_string())
}

#[with_sessions]
#[get("/renew")]
async fn renew() -> Result<String, SessionError> {
    session_store.session::<Handled>().await?.renew();
    Ok(String::new())
}

#[with_sessions]
#[get("/save")]
async fn save() -> Result<actix_web::HttpResponse, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    handle.update(|handled| handled.count += 1)?;
    handle.save().await?;
    Ok(actix_web::HttpResponse::InternalServerError().finish())
}

/// Updates, single entries and updates again, in this order.
#[with_sessions]
#[session(name = "handled", backend = "memory", ident = untyped)]
#[get("/order")]
async fn order() -> Result<String, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    untyped.insert("count", 10)?;
    handle.update(|handled| handled.count *= 2)?;
    untyped.update("count", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    handle.update(|handled| handled.count *= 2)?;
    Ok(handle.get()?.count.to_string())
}

/// Doubles, whatever is there.
#[with_sessions]
#[get("/double")]
async fn double() -> Result<String, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    let now = handle.update(|handled| handled.count *= 2)?;
    Ok(now.count.to_string())
}

/// What runs again must not change what it is part of.
#[with_sessions]
#[get("/inside")]
async fn inside(seen: web::Data<Seen>) -> Result<String, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    let (inner, seen) = (handle.clone(), seen.get_ref().clone());
    handle.update(move |handled| {
        seen.lock()
            .expect("no test panics here")
            .push(inner.get().err().map(|err| err.kind()));
        handled.count += 1;
    })?;
    Ok(String::new())
}

type Seen = std::sync::Arc<std::sync::Mutex<Vec<Option<ErrorKind>>>>;

/// Binding and handle at once: each has its own part, and one that both change.
#[with_sessions]
#[get("/beside")]
async fn beside(handled: &mut Handled) -> Result<String, SessionError> {
    let handle = session_store.session::<Handled>().await?;
    handled.items.insert("bound".into(), 1);
    handled.count = 5;
    handle.update(|handled| {
        handled.items.insert("handle".into(), 2);
        handled.count = 6;
    })?;
    Ok(format!("{} | {}", handled.shown(), handle.get()?.shown()))
}

#[with_sessions]
#[get("/destroy")]
async fn destroy(handled: &mut Handled) -> Result<String, SessionError> {
    handled.items.insert("late".into(), 1);
    session_store.session::<Handled>().await?.destroy();
    Ok(String::new())
}

/// Keeps its handle for longer than the response.
#[with_sessions]
#[get("/escape")]
async fn escape() -> Result<String, SessionError> {
    thread_local! {
        static KEPT: RefCell<Option<sessions_runtime::TypedSession<Handled>>> = const { RefCell::new(None) };
    }
    let handle = session_store.session::<Handled>().await?;
    let kept = KEPT.with(|kept| kept.borrow_mut().replace(handle.clone()));
    let Some(kept) = kept else {
        return Ok("first".into());
    };
    let shown = [
        kept.get().map(drop),
        kept.set(&Handled::default()),
        kept.update(|_| ()).map(drop),
    ];
    let kinds = shown.map(|result| result.err().map(|err| err.kind()));
    Ok(format!("{kinds:?}"))
}

#[with_sessions]
#[get("/taken")]
async fn taken() -> Result<String, SessionError> {
    session_store
        .get_session("handled")
        .backend("securecookie")
        .await?;
    let err = session_store
        .session::<Handled>()
        .await
        .expect_err("on another backend");
    Ok(format!("{:?}", err.kind()))
}

/// The closure of an update owns what it uses, also the handle itself; nothing keeps that alive.
#[with_sessions]
#[get("/circle")]
async fn circle(count: web::Data<std::sync::atomic::AtomicUsize>) -> Result<String, SessionError> {
    struct Guard(web::Data<std::sync::atomic::AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }
    let handle = session_store.session::<Handled>().await?;
    let (inner, guard) = (handle.clone(), Rc::new(Guard(count)));
    handle.update(move |handled| {
        let _keeps = (&inner, &guard);
        handled.count += 1;
    })?;
    Ok(String::new())
}

fn site(seen: &Seen) -> Site {
    let seen = web::Data::new(seen.clone());
    let dropped = web::Data::new(std::sync::atomic::AtomicUsize::new(0));
    Site::new(move |app| {
        app.app_data(seen.clone())
            .app_data(dropped.clone())
            .service((
                show, add, set, renew, save, order, double, inside, beside, destroy, escape, taken,
            ))
            .service(circle)
            .route(
                "/dropped",
                web::get().to(|dropped: web::Data<std::sync::atomic::AtomicUsize>| async move {
                    dropped.load(std::sync::atomic::Ordering::SeqCst).to_string()
                }),
            );
    })
}

/// P44
#[actix_web::test]
async fn the_handle_reads_sets_and_saves() {
    let site = site(&Seen::default());
    let client = site.client();
    let get = async |path: &str| client.get(path).send().await.text();
    assert_eq!(get("/set").await, "true");
    assert_eq!(get("/set").await, "false");
    assert_eq!(get("/show").await, r#"7 {"set": 7}"#);
    assert_eq!(client.get("/save").send().await.status, 500);
    assert_eq!(get("/show").await, r#"8 {"set": 7}"#);
}

/// S9
#[actix_web::test]
async fn renewing_gives_a_new_id_and_keeps_the_value() {
    let site = site(&Seen::default());
    let client = site.client();
    client.get("/add/tea").send().await;
    let old = client.fork();
    let before = client.cookie("__Host-handled");
    client.get("/renew").send().await;
    assert_ne!(client.cookie("__Host-handled"), before);
    assert_eq!(client.get("/show").send().await.text(), r#"0 {"tea": 1}"#);
    assert_eq!(old.get("/show").send().await.text(), "0 {}");
}

/// S11
/// What the binding changed belonged to the session that ended.
#[actix_web::test]
async fn destroying_ends_the_binding_s_session_too() {
    let site = site(&Seen::default());
    let client = site.client();
    client.get("/add/tea").send().await;
    let old = client.fork();
    client.get("/destroy").send().await;
    assert!(client.cookie("__Host-handled").is_none());
    assert_eq!(site.memory.len(), 0);
    assert_eq!(old.get("/show").send().await.text(), "0 {}");
}

/// C2
#[actix_web::test]
async fn updates_and_single_edits_keep_their_order_when_they_run_again() {
    let site = site(&Seen::default());
    let client = site.client();
    client.get("/add/tea").send().await;
    assert_eq!(client.get("/order").send().await.text(), "42");
    assert_eq!(client.get("/show").send().await.text(), r#"42 {"tea": 1}"#);

    // Two that double overlap, and one that begins with a fixed number.
    for (slow, expected) in [("/double", 168), ("/order", 42)] {
        let pause = site.backend.pause_next(Operation::Replace);
        let running = rt::spawn(client.get(slow).send());
        pause.reached().await;
        client.get("/double").send().await;
        pause.release();
        assert_eq!(running.await.expect("the request is answered").status, 200);
        assert_eq!(
            client.get("/show").send().await.text(),
            format!(r#"{expected} {{"tea": 1}}"#)
        );
    }
}

/// P38
#[actix_web::test]
async fn an_update_runs_once_where_nobody_interferes_and_its_session_is_closed_when_it_runs_again() {
    let seen = Seen::default();
    let site = site(&seen);
    let client = site.client();
    client.get("/add/tea").send().await;
    client.get("/inside").send().await;
    assert_eq!(std::mem::take(&mut *seen.lock().unwrap()), [None]);
    let pause = site.backend.pause_next(Operation::Replace);
    let running = rt::spawn(client.get("/inside").send());
    pause.reached().await;
    client.get("/add/cup").send().await;
    pause.release();
    assert_eq!(running.await.expect("the request is answered").status, 200);
    assert_eq!(*seen.lock().unwrap(), [None, Some(ErrorKind::Closed)]);
    assert_eq!(
        client.get("/show").send().await.text(),
        r#"2 {"cup": 1, "tea": 1}"#
    );
}

/// P44
#[actix_web::test]
async fn binding_and_handle_merge_and_the_binding_has_the_last_word() {
    let site = site(&Seen::default());
    let client = site.client();
    client.get("/add/tea").send().await;
    assert_eq!(
        client.get("/beside").send().await.text(),
        r#"5 {"bound": 1, "tea": 1} | 6 {"handle": 2, "tea": 1}"#
    );
    assert_eq!(
        client.get("/show").send().await.text(),
        r#"5 {"bound": 1, "handle": 2, "tea": 1}"#
    );
}

/// P36
#[actix_web::test]
async fn a_handle_of_an_earlier_request_is_closed() {
    let site = site(&Seen::default());
    let client = site.client();
    assert_eq!(client.get("/escape").send().await.text(), "first");
    assert_eq!(
        client.get("/escape").send().await.text(),
        "[Some(Closed), Some(Closed), Some(Closed)]"
    );
}

/// T10
#[actix_web::test]
async fn one_name_is_on_one_backend() {
    let site = site(&Seen::default());
    assert_eq!(site.client().get("/taken").send().await.text(), "NameTaken");
}

/// P36
#[actix_web::test]
async fn an_update_that_holds_its_own_session_is_dropped_with_the_request() {
    let site = site(&Seen::default());
    let client = site.client();
    client.get("/circle").send().await;
    client.get("/circle").send().await;
    assert_eq!(client.get("/dropped").send().await.text(), "2");
}
