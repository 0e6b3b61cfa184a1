//! Signing in and out. There are no passwords here: this is about what follows them.

use actix_web::{Responder, post, web};
use serde::Deserialize;
use sessions_runtime::{Level, SessionError, with_sessions};

use crate::pages;

/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

/// A new id for both sessions, so that one which somebody planted before is worth nothing now. The cart comes along.
#[with_sessions(default = "securecookie")]
#[session(name = "user", backend = "datastore")]
#[session(name = "cart", backend = "datastore")]
#[post("/login")]
pub(crate) async fn sign_in(form: Option<web::Form<SignIn>>) -> Result<impl Responder, SessionError> {
    match form.as_ref().and_then(|form| valid_name(&form.user)) {
        Some(name) => {
            user.renew();
            cart.renew();
            user.insert("name", name)?;
            pages::tell(session, Level::Success, format!("Welcome, {name}"))?;
        }
        None => pages::tell(
            session,
            Level::Error,
            format!("Please enter a name of 1 to {LONGEST_NAME} characters"),
        )?,
    }
    Ok(web::Redirect::to("/").see_other())
}

/// Ends both sessions, here and on the server: a copy of their cookies opens nothing any more.
#[with_sessions(default = "securecookie")]
#[session(name = "user", backend = "datastore")]
#[session(name = "cart", backend = "datastore")]
#[post("/logout")]
pub(crate) async fn sign_out() -> Result<impl Responder, SessionError> {
    user.destroy();
    cart.destroy();
    pages::tell(session, Level::Info, "You have been signed out")?;
    Ok(web::Redirect::to("/").see_other())
}

/// The name without the spaces around it, if it can be shown on one line.
fn valid_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    (fits && !name.contains(char::is_control)).then_some(name)
}
