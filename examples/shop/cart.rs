//! The cart: one entry for each tea, by sku, with the number of tins.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, Result, get, post, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

use crate::account::User;
use crate::catalogue::{self, PRODUCTS, Price, Product};
use crate::notice::{Notice, tell};
use crate::pages::{self, Layout};

/// Teas by sku. Requests that overlap merge key by key.
#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(name = "cart", backend = "datastore")]
pub(crate) struct Cart {
    tins: BTreeMap<String, u32>,
}

impl Cart {
    /// Teas and how many of each, in the order of the shelf; what is no longer sold is left out.
    pub(crate) fn lines(&self) -> Vec<(&'static Product, u32)> {
        let line = |product: &'static Product| Some((product, *self.tins.get(product.sku)?));
        PRODUCTS.iter().filter_map(line).collect()
    }
}

#[with_sessions(default = "securecookie")]
#[get("/cart")]
pub(crate) async fn show(user: &User, cart: &Cart) -> Result<HttpResponse> {
    let layout = Layout::new(session, user, cart).await?;
    let lines = cart.lines();
    let total = Price::sum(lines.iter().map(|(product, count)| product.price.times(*count)));
    pages::html(&pages::Cart { layout, lines, total })
}

/// `update` runs again if another request saved the same tea in between, so each click counts.
#[with_sessions(default = "securecookie")]
#[post("/cart/{sku}")]
pub(crate) async fn add(sku: web::Path<String>, user: &User) -> Result<HttpResponse> {
    let cart = session_store.session::<Cart>().await?;
    let Some(product) = catalogue::find(&sku) else {
        return pages::not_found(Layout::new(session, user, &cart.get()?).await?);
    };
    cart.update(|cart| *cart.tins.entry(product.sku.to_owned()).or_default() += 1)?;
    tell(session, Notice::Added(product.name.to_owned()))?;
    Ok(pages::see("/cart"))
}

/// What the handler did to its `&mut Cart` is saved when it returns, if there is a difference.
#[with_sessions(default = "securecookie")]
#[post("/cart/{sku}/remove")]
pub(crate) async fn remove(sku: web::Path<String>, user: &User, cart: &mut Cart) -> Result<HttpResponse> {
    let Some(product) = catalogue::find(&sku) else {
        return pages::not_found(Layout::new(session, user, cart).await?);
    };
    if cart.tins.remove(product.sku).is_some() {
        tell(session, Notice::Removed(product.name.to_owned()))?;
    }
    Ok(pages::see("/cart"))
}
