//! Running a closure as the body of a handler: for unit tests and examples.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::rt::System;
use actix_web::test::TestRequest;

use crate::backend::Memory;
use crate::error::SessionError;
use crate::secret::SecretKey;
use crate::session::Session;
use crate::sessions::Sessions;
use crate::store::{End, SessionStore};

use super::check::check_set_cookie_lines;

/// Runs `body` as a handler would run: with the default session in a sealed cookie, a store with the backends
/// `securecookie` and `memory`, and a save at the end.
///
/// # Panics
///
/// Where the body or the save fails, with the error, or the cookies of the answer break the rules that
/// [`check_set_cookies`](super::check_set_cookies) has. It is meant for tests.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::in_handler;
///
/// in_handler(async |session, session_store| {
///     session.insert("user", "ada")?;
///     session_store.set_cookie("seen", "yes")?;
///     Ok(())
/// });
/// ```
pub fn in_handler<F>(body: F)
where
    F: AsyncFnOnce(&Session, &SessionStore) -> Result<(), SessionError>,
{
    let run = async {
        let sessions = sessions()?;
        let request = TestRequest::default()
            .app_data(sessions.clone())
            .to_http_request();
        let store = SessionStore::new(sessions, request.head());
        let session = store.get_session("session").await?;
        body(&session, &store).await?;
        let mut response = HttpResponse::Ok().finish();
        store
            .close(End {
                request: Some(&request),
                save: true,
                headers: response.headers_mut(),
            })
            .await?;
        let lines = response.headers().get_all(SET_COOKIE);
        if let Err(fault) = check_set_cookie_lines(lines.map(HeaderValue::as_bytes)) {
            panic!("{fault}");
        }
        Ok::<_, SessionError>(())
    };
    if let Err(err) = System::new().block_on(run) {
        panic!("{err:?}");
    }
}

fn sessions() -> Result<Sessions, SessionError> {
    Sessions::builder()
        .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
        .backend("memory", Memory::new())
        .skip_verification()
        .build()
}
