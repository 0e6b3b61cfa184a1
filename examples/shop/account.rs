//! Signing in and out. There are no passwords here: this is about what follows them.

use actix_web::{Responder, post, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, SessionError, with_sessions};

use crate::cart::Cart;
use crate::notice::{Notice, tell};

/// Who is signed in.
#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(name = "user", backend = "datastore")]
pub(crate) struct User {
    pub(crate) name: Option<String>,
}

/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

/// A new id for both sessions, so that one which somebody planted before is worth nothing now. The cart comes along.
#[with_sessions(default = "securecookie")]
#[post("/login")]
pub(crate) async fn sign_in(form: Option<web::Form<SignIn>>) -> Result<impl Responder, SessionError> {
    let Some(name) = form.and_then(|form| valid_name(&form.user)) else {
        tell(session, Notice::BadName)?;
        return Ok(web::Redirect::to("/").see_other());
    };
    tell(session, Notice::Welcome(name.clone()))?;
    let user = session_store.session::<User>().await?;
    user.renew();
    user.update(move |user| user.name = Some(name.clone()))?;
    session_store.session::<Cart>().await?.renew();
    Ok(web::Redirect::to("/").see_other())
}

/// Ends both sessions, here and on the server: a copy of their cookies opens nothing any more.
#[with_sessions(default = "securecookie")]
#[post("/logout")]
pub(crate) async fn sign_out() -> Result<impl Responder, SessionError> {
    session_store.session::<User>().await?.destroy();
    session_store.session::<Cart>().await?.destroy();
    tell(session, Notice::SignedOut)?;
    Ok(web::Redirect::to("/").see_other())
}

/// The name without the spaces around it, if it can be shown on one line.
fn valid_name(name: &str) -> Option<String> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    (fits && !name.contains(char::is_control)).then(|| name.to_owned())
}
