//! Looking around: the shelf, and one tea.

use actix_web::{HttpRequest, HttpResponse, Result, get, web};
use sessions_runtime::with_sessions;

use crate::account::User;
use crate::cart::Cart;
use crate::catalogue;
use crate::pages::{self, Home, Layout, One};

/// The tea last looked at, in a cookie that its owner can read and change.
const LAST_VIEWED: &str = "last_viewed";

/// All teas, and what the shop remembers of the visitor.
#[with_sessions(default = "securecookie")]
#[get("/")]
pub(crate) async fn home(request: HttpRequest, user: &User, cart: &Cart) -> Result<HttpResponse> {
    let last_viewed = request.cookie(LAST_VIEWED);
    pages::html(&Home {
        visits: session.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1)?,
        last_viewed: last_viewed.and_then(|cookie| catalogue::find(cookie.value())),
        layout: Layout::new(session, user, cart).await?,
    })
}

/// One tea, remembered as the last one looked at.
#[with_sessions(default = "securecookie")]
#[get("/product/{sku}")]
pub(crate) async fn product(sku: web::Path<String>, user: &User, cart: &Cart) -> Result<HttpResponse> {
    let layout = Layout::new(session, user, cart).await?;
    let Some(product) = catalogue::find(&sku) else {
        return pages::not_found(layout);
    };
    session_store.set_cookie(LAST_VIEWED, product.sku)?;
    pages::html(&One { layout, product })
}
