//! The pages: templates that the compiler checks, the layout around them, and the messages on top.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use actix_web::{HttpResponse, Responder, Result, error, get};
use askama::Template;
use sessions_runtime::{FlashMessage, Session, SessionError, with_sessions};

use crate::account::User;
use crate::cart;
use crate::catalogue::{PRODUCTS, Price, Product};

/// Pages have no scripts, and nothing from elsewhere.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page shows: who is signed in, how full the cart is, and the messages that wait.
pub(crate) struct Layout {
    user: Option<String>,
    items: u64,
    messages: Vec<FlashMessage>,
}

impl Layout {
    /// Takes the messages: each is shown once.
    pub(crate) async fn new(session: &Session, user: &User, cart: &cart::Cart) -> Result<Self, SessionError> {
        Ok(Self {
            user: user.name.clone(),
            items: cart.lines().iter().map(|(_, count)| u64::from(*count)).sum(),
            messages: session.take_flashes().await?,
        })
    }
}

/// `GET /`
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) layout: Layout,
    pub(crate) visits: u32,
    pub(crate) last_viewed: Option<&'static Product>,
}

/// `GET /product/{sku}`
#[derive(Template)]
#[template(path = "product.html")]
pub(crate) struct One {
    pub(crate) layout: Layout,
    pub(crate) product: &'static Product,
}

/// `GET /cart`
#[derive(Template)]
#[template(path = "cart.html")]
pub(crate) struct Cart {
    pub(crate) layout: Layout,
    pub(crate) lines: Vec<(&'static Product, u32)>,
    pub(crate) total: Price,
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound {
    layout: Layout,
}

/// A page as an answer.
pub(crate) fn html(page: &impl Template) -> Result<HttpResponse> {
    let text = page.render().map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type(ContentType::html()).body(text))
}

/// The page for an address or a sku that does not exist.
pub(crate) fn not_found(layout: Layout) -> Result<HttpResponse> {
    let mut answer = html(&NotFound { layout })?;
    *answer.status_mut() = StatusCode::NOT_FOUND;
    Ok(answer)
}

/// After a post, a page of its own: loading it again repeats nothing.
pub(crate) fn see(page: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, page)).finish()
}

/// Every other address.
#[with_sessions(default = "securecookie")]
pub(crate) async fn nowhere(user: &User, cart: &cart::Cart) -> Result<HttpResponse> {
    not_found(Layout::new(session, user, cart).await?)
}

/// A handler without the attribute: sessions cost it nothing.
#[get("/style.css")]
pub(crate) async fn style() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header(("cache-control", "max-age=60"))
        .body(include_str!("templates/style.css"))
}
