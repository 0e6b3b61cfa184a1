//! Signing in and out. There are no passwords here: this is about what follows them.

use actix_web::{HttpResponse, Result, post, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

use crate::cart::Cart;
use crate::notice::{Notice, tell};
use crate::pages;

/// Who is signed in.
#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(name = "user", backend = "datastore")]
pub(crate) struct User {
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

/// A new id for both sessions, so that one which somebody planted before is worth nothing now. The cart comes along.
#[with_sessions(default = "securecookie")]
#[post("/login")]
pub(crate) async fn sign_in(form: Option<web::Form<SignIn>>, user: &mut User) -> Result<HttpResponse> {
    if let Some(name) = form.and_then(|form| valid_name(&form.user)) {
        tell(session, Notice::Welcome(name.clone()))?;
        user.name = Some(name);
        session_store.session::<User>().await?.renew();
        session_store.session::<Cart>().await?.renew();
    } else {
        tell(session, Notice::BadName)?;
    }
    Ok(pages::see("/"))
}

/// Ends both sessions, here and on the server: a copy of their cookies opens nothing any more.
#[with_sessions(default = "securecookie")]
#[post("/logout")]
pub(crate) async fn sign_out() -> Result<HttpResponse> {
    session_store.session::<User>().await?.destroy();
    session_store.session::<Cart>().await?.destroy();
    tell(session, Notice::SignedOut)?;
    Ok(pages::see("/"))
}

/// The name without the spaces around it, if it has a length and can be shown on one line.
fn valid_name(name: &str) -> Option<String> {
    let name = name.trim();
    let fits = (1..=40).contains(&name.chars().count());
    (fits && !name.contains(char::is_control)).then(|| name.to_owned())
}
