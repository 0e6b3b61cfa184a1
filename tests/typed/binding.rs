//! How a typed session reaches a handler.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::{Session, SessionData, SessionError, SessionStore, with_sessions};

use crate::support::site::Site;

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "cart", backend = "memory", idle_timeout = "30m")]
struct Cart {
    items: BTreeMap<String, u32>,
    note: String,
}

/// Everything by default: the name of the type, the default backend.
#[derive(Serialize, Deserialize, Default, SessionData)]
struct LastSeen {
    sku: Option<String>,
}

/// Another name of a type binds the same session.
type Basket = Cart;

/// Another name of the untyped session binds by the parameter's name.
type Handle = Session;
type Store = SessionStore;

impl Cart {
    fn shown(&self) -> String {
        format!("{:?} {:?}", self.items, self.note)
    }
}

#[with_sessions]
#[post("/cart/{sku}")]
async fn add(sku: web::Path<String>, cart: &mut Cart, seen: &mut LastSeen) -> Result<String, SessionError> {
    *cart.items.entry(sku.clone()).or_default() += 1;
    seen.sku = Some(sku.into_inner());
    Ok(cart.shown())
}

#[with_sessions]
#[get("/cart")]
async fn show(cart: &Cart, last_seen: &LastSeen) -> String {
    format!("{} {:?}", cart.shown(), last_seen.sku)
}

#[with_sessions]
#[session(Cart)]
#[session(LastSeen, ident = seen)]
#[get("/injected/{note}")]
async fn injected(note: web::Path<String>) -> String {
    cart.note = note.into_inner();
    format!("{} {:?}", cart.shown(), seen.sku)
}

/// The attribute above may say more about what the parameter binds.
#[with_sessions]
#[session(crate::binding::Cart, idle_timeout = "30m")]
#[get("/declared")]
async fn declared(any: &crate::binding::Cart) -> String {
    any.shown()
}

#[with_sessions]
#[get("/aliases")]
async fn aliases(basket: &mut Basket, cart_x: &Handle, store: &Store) -> Result<String, SessionError> {
    basket.note.push('!');
    store.set_cookie("seen", "yes")?;
    Ok(format!("{} {}", basket.shown(), cart_x.name()))
}

/// A parameter that is called like the default session is bound by its type all the same.
#[with_sessions(default = "memory")]
#[get("/called_session")]
async fn called_session(session: &mut Cart) -> String {
    session.note.push('?');
    session.shown()
}

#[with_sessions]
#[get("/mixed")]
async fn mixed(
    cart: &mut Cart,
    session: &Session,
    #[session(name = "wishes", backend = "memory")] wishes: &mut Cart,
    session_store: &SessionStore,
) -> Result<String, SessionError> {
    cart.items.insert("cup".into(), 1);
    wishes.items.insert("pot".into(), 1);
    session.insert("n", 1)?;
    let handle = session_store.session::<Cart>().await?;
    Ok(format!(
        "{} {} {}",
        cart.shown(),
        wishes.shown(),
        handle.get()?.shown()
    ))
}

/// Mentions nothing of what it declares.
#[with_sessions]
#[session(Cart)]
#[get("/nothing")]
async fn nothing(_seen: &mut LastSeen) -> &'static str {
    "nothing"
}

fn site() -> Site {
    Site::new(|app| {
        app.service((
            add,
            show,
            injected,
            declared,
            aliases,
            called_session,
            mixed,
            nothing,
        ));
    })
}

async fn get(client: &sessions_runtime::testing::Client, path: &str) -> String {
    client.get(path).send().await.text()
}

/// P44, G6
#[actix_web::test]
async fn a_type_binds_its_session_in_any_handler_and_way() {
    let site = site();
    let client = site.client();
    client.post("/cart/tea").send().await;
    let added = client.post("/cart/tea").send().await;
    assert_eq!(added.text(), r#"{"tea": 2} """#);
    assert_eq!(get(&client, "/cart").await, r#"{"tea": 2} "" Some("tea")"#);
    assert_eq!(
        get(&client, "/injected/two").await,
        r#"{"tea": 2} "two" Some("tea")"#
    );
    assert_eq!(get(&client, "/declared").await, r#"{"tea": 2} "two""#);
    assert_eq!(get(&client, "/aliases").await, r#"{"tea": 2} "two!" cart_x"#);
    assert_eq!(client.cookie("seen").as_deref(), Some("yes"));
    assert_eq!(get(&client, "/called_session").await, r#"{"tea": 2} "two!?""#);
    assert_eq!(
        get(&client, "/mixed").await,
        r#"{"cup": 1, "tea": 2} "two!?" {"pot": 1} "" {"tea": 2} "two!?""#
    );
    assert_eq!(get(&client, "/declared").await, r#"{"cup": 1, "tea": 2} "two!?""#);
    assert!(client.cookie("__Host-wishes").is_some());
    assert!(client.cookie("__Host-session").is_some(), "of the untyped one");
}

/// P47
#[actix_web::test]
async fn a_typed_session_that_the_body_does_not_mention_is_not_loaded() {
    let site = site();
    let client = site.client();
    client.post("/cart/tea").send().await;
    site.backend.take_operations();
    let reply = client.get("/nothing").send().await;
    assert_eq!(reply.text(), "nothing");
    assert!(site.backend.operations().is_empty());
    assert_eq!(reply.header("vary"), None);
}
