//! Overlapping requests with one typed session.

use std::collections::BTreeMap;

use actix_web::rt;
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::{Client, Operation};
use sessions_runtime::{SessionData, SessionError, with_sessions};

use crate::support::site::Site;

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "cart", backend = "memory")]
struct Basket {
    items: BTreeMap<String, u32>,
    note: String,
    owner: String,
    #[session(whole)]
    seen: BTreeMap<String, u32>,
    list: Vec<String>,
}

#[with_sessions]
#[get("/set/{field}/{value}")]
async fn set(path: web::Path<(String, String)>, basket: &mut Basket) -> &'static str {
    let (field, value) = path.into_inner();
    match &*field {
        "add" => drop(basket.items.insert(value, 1)),
        "remove" => drop(basket.items.remove(&value)),
        "clear" => basket.items.clear(),
        "note" => basket.note = value,
        "owner" => basket.owner = value,
        "seen" => drop(basket.seen.insert(value, 1)),
        _ => basket.list.push(value),
    }
    "set"
}

#[with_sessions]
#[get("/count/{sku}")]
async fn count(sku: web::Path<String>) -> Result<String, SessionError> {
    let basket = session_store.session::<Basket>().await?;
    let sku = sku.into_inner();
    basket.update(move |basket| *basket.items.entry(sku.clone()).or_default() += 1)?;
    Ok("counted".to_owned())
}

#[with_sessions]
#[get("/show")]
async fn show(basket: &Basket) -> String {
    let keys = |map: &BTreeMap<String, u32>| {
        let shown: Vec<String> = map.iter().map(|(key, n)| format!("{key}{n}")).collect();
        shown.join(",")
    };
    let Basket {
        items,
        note,
        owner,
        seen,
        list,
    } = basket;
    format!(
        "{} | {note} {owner} | {} | {}",
        keys(items),
        keys(seen),
        list.join(",")
    )
}

fn site() -> Site {
    Site::new(|app| {
        app.service((set, count, show, begin));
    })
}

/// Two requests that have both loaded before either saves; the slow one saves last.
async fn overlap(site: &Site, client: &Client, slow: &str, fast: &str) {
    let pause = site.backend.pause_next(Operation::Replace);
    let running = rt::spawn(client.get(slow).send());
    pause.reached().await;
    assert_eq!(client.get(fast).send().await.status, 200);
    pause.release();
    assert_eq!(running.await.expect("the request is answered").status, 200);
}

/// A visitor whose basket has one thing in it.
async fn visitor(site: &Site) -> Client {
    let client = site.client();
    client.get("/set/add/pot").send().await;
    client
}

/// C1
#[actix_web::test]
async fn additions_of_different_keys_and_fields_all_arrive() {
    let site = site();
    let client = visitor(&site).await;
    overlap(&site, &client, "/set/add/tea", "/set/add/cup").await;
    overlap(&site, &client, "/set/note/slow", "/set/owner/fast").await;
    overlap(&site, &client, "/set/add/jar", "/set/note/fast").await;
    assert_eq!(
        client.get("/show").send().await.text(),
        "cup1,jar1,pot1,tea1 | fast fast |  | "
    );
}

/// C1
/// An entry that this request only saw is not put back.
#[actix_web::test]
async fn what_another_request_removed_stays_removed() {
    let site = site();
    let client = visitor(&site).await;
    overlap(&site, &client, "/set/add/tea", "/set/remove/pot").await;
    assert_eq!(client.get("/show").send().await.text(), "tea1 |   |  | ");
    overlap(&site, &client, "/set/note/n", "/set/clear/-").await;
    assert_eq!(client.get("/show").send().await.text(), " | n  |  | ");
}

/// C1
/// Clearing a map removes what this request saw in it.
#[actix_web::test]
async fn what_another_request_added_survives_a_clearing() {
    let site = site();
    let client = visitor(&site).await;
    overlap(&site, &client, "/set/clear/-", "/set/add/cup").await;
    assert_eq!(client.get("/show").send().await.text(), "cup1 |   |  | ");
}

/// C2
/// The documented limits: one entry, and collections other than maps.
#[actix_web::test]
async fn of_one_field_the_later_save_wins() {
    let site = site();
    let client = visitor(&site).await;
    overlap(&site, &client, "/set/note/slow", "/set/note/fast").await;
    overlap(&site, &client, "/set/seen/slow", "/set/seen/fast").await;
    overlap(&site, &client, "/set/list/slow", "/set/list/fast").await;
    assert_eq!(
        client.get("/show").send().await.text(),
        "pot1 | slow  | slow1 | slow"
    );
}

/// C2
#[actix_web::test]
async fn an_update_runs_again_on_what_another_request_wrote() {
    let site = site();
    let client = visitor(&site).await;
    overlap(&site, &client, "/count/pot", "/count/pot").await;
    overlap(&site, &client, "/count/pot", "/set/add/cup").await;
    overlap(&site, &client, "/count/new", "/count/new").await;
    assert_eq!(
        client.get("/show").send().await.text(),
        "cup1,new2,pot4 |   |  | "
    );
}

/// C1
/// The first write of a type is a whole one, and merges all the same.
#[actix_web::test]
async fn two_first_writes_of_a_type_both_arrive() {
    let site = site();
    let client = site.client();
    client.get("/begin").send().await;
    overlap(&site, &client, "/set/add/tea", "/set/owner/fast").await;
    assert_eq!(client.get("/show").send().await.text(), "tea1 |  fast |  | ");
}

/// A session that holds something, but nothing of the type.
#[with_sessions]
#[session(name = "cart", backend = "memory")]
#[get("/begin")]
async fn begin() -> Result<String, SessionError> {
    cart.insert("other", 1)?;
    Ok(String::new())
}
