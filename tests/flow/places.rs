//! Most statements hold for sealed cookies and for servers alike: one body, run by a handler on each.

use serde_json::Value;
use sessions_runtime::{ErrorKind, Session, SessionError};

/// Where the two handlers of [`handlers_on_both_places`] are: a sealed cookie, and the memory behind `site.backend`.
pub(crate) const PLACES: [&str; 2] = ["/sealed", "/kept"];

/// The cookie of the default session, as the configuration of [`Site::new`](crate::support::site::Site::new) names it.
pub(crate) const COOKIE: &str = "__Host-session";

/// Makes handlers that run `$act(step, session, session_store)` at `/sealed/{step}` and `/kept/{step}`.
macro_rules! handlers_on_both_places {
    ($act:ident) => {
        #[sessions_runtime::with_sessions(default = "securecookie")]
        #[actix_web::route("/sealed/{step}", method = "GET", method = "HEAD", method = "POST")]
        async fn on_sealed(
            step: actix_web::web::Path<String>,
        ) -> Result<String, sessions_runtime::SessionError> {
            $act(&step, session, session_store).await
        }

        #[sessions_runtime::with_sessions(default = "memory")]
        #[actix_web::route("/kept/{step}", method = "GET", method = "HEAD", method = "POST")]
        async fn on_kept(
            step: actix_web::web::Path<String>,
        ) -> Result<String, sessions_runtime::SessionError> {
            $act(&step, session, session_store).await
        }
    };
}
pub(crate) use handlers_on_both_places;

/// The same, and `site_with(settings)`, a site that has nothing else.
macro_rules! on_both_places {
    ($act:ident) => {
        crate::places::handlers_on_both_places!($act);

        /// A site with these two handlers; the settings come in front of the usual ones.
        fn site_with(
            settings: impl FnOnce(sessions_runtime::SessionsBuilder) -> sessions_runtime::SessionsBuilder,
        ) -> crate::support::site::Site {
            crate::support::site::Site::with(settings, |app| {
                app.service((on_sealed, on_kept));
            })
        }
    };
}
pub(crate) use on_both_places;

/// Everything a session holds: entries sorted by name, then messages in order.
pub(crate) fn describe(session: &Session) -> Result<String, SessionError> {
    let mut told = Vec::new();
    for name in session.keys() {
        told.push(format!(
            "{name}={}",
            session.get::<Value>(&name)?.unwrap_or_default()
        ));
    }
    for message in session.peek_flashes()? {
        told.push(format!("{}/{}:{message}", message.queue(), message.level()));
    }
    Ok(told.join(" "))
}

/// The kind of a failure, as a text for an answer.
pub(crate) fn kind<T>(result: Result<T, SessionError>) -> String {
    match result {
        Ok(_) => "fine".to_owned(),
        Err(err) => format!("{:?}", err.kind()),
    }
}

/// What [`kind`] says of this one.
pub(crate) fn told(kind: ErrorKind) -> String {
    format!("{kind:?}")
}

/// Lets a value go that the step is not about.
pub(crate) fn ignore<T>(_: T) {}
