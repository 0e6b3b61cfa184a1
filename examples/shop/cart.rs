//! The cart: one entry for each tea, by sku, with the number of tins.

use actix_web::{HttpResponse, get, post, web};
use sessions_runtime::{Level, Session, SessionError, with_sessions};

use crate::catalogue::{self, PRODUCTS, Price, Product};
use crate::pages::{self, Layout};

/// A tea and how many of it.
pub(crate) struct Line {
    pub(crate) product: &'static Product,
    pub(crate) count: u32,
}

impl Line {
    pub(crate) fn price(&self) -> Price {
        self.product.price * self.count
    }
}

/// The cart in the order of the shelf; what is no longer sold is left out.
pub(crate) fn lines(cart: &Session) -> Result<Vec<Line>, SessionError> {
    let line = |product: &'static Product| {
        let count = cart.get(product.sku).transpose()?;
        Some(count.map(|count| Line { product, count }))
    };
    PRODUCTS.iter().filter_map(line).collect()
}

#[with_sessions(default = "securecookie")]
#[session(name = "user", backend = "datastore")]
#[session(name = "cart", backend = "datastore")]
#[get("/cart")]
pub(crate) async fn show() -> actix_web::Result<HttpResponse> {
    let lines = lines(cart)?;
    pages::html(&pages::Cart {
        total: lines.iter().map(Line::price).sum(),
        layout: Layout::new(session, user, cart).await?,
        lines,
    })
}

/// `update` runs again if another request saved the same tea in between, so each click counts.
#[with_sessions(default = "securecookie")]
#[session(name = "user", backend = "datastore")]
#[session(name = "cart", backend = "datastore")]
#[post("/cart/{sku}")]
pub(crate) async fn add(sku: web::Path<String>) -> actix_web::Result<HttpResponse> {
    let Some(product) = catalogue::find(&sku) else {
        return pages::not_found(Layout::new(session, user, cart).await?);
    };
    cart.update(product.sku, |count: Option<u32>| {
        count.unwrap_or(0).saturating_add(1)
    })?;
    pages::tell(
        session,
        Level::Success,
        format!("Added {} to your cart", product.name),
    )?;
    Ok(to_the_cart())
}

#[with_sessions(default = "securecookie")]
#[session(name = "user", backend = "datastore")]
#[session(name = "cart", backend = "datastore")]
#[post("/cart/{sku}/remove")]
pub(crate) async fn remove(sku: web::Path<String>) -> actix_web::Result<HttpResponse> {
    let Some(product) = catalogue::find(&sku) else {
        return pages::not_found(Layout::new(session, user, cart).await?);
    };
    if cart.remove(product.sku) {
        pages::tell(
            session,
            Level::Info,
            format!("Removed {} from your cart", product.name),
        )?;
    }
    Ok(to_the_cart())
}

/// After a post, a page of its own: loading it again repeats nothing.
fn to_the_cart() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("location", "/cart"))
        .finish()
}
