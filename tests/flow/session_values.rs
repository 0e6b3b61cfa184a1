//! The dictionary of a session, from one request to the next.

use actix_web::{Responder, get};
use sessions_runtime::{SessionError, with_sessions};

use crate::support::site::Site;

#[with_sessions(default = "securecookie")]
#[get("/sealed")]
async fn count_sealed() -> Result<impl Responder, SessionError> {
    session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

#[with_sessions(default = "memory")]
#[get("/kept")]
async fn count_kept() -> Result<impl Responder, SessionError> {
    session
        .update("visits", |n: Option<u32>| n.unwrap_or(0) + 1)
        .map(|n| n.to_string())
}

/// G2, T13
#[actix_web::test]
async fn a_value_is_there_in_the_next_request() {
    for path in ["/sealed", "/kept"] {
        let site = Site::new(|app| {
            app.service((count_sealed, count_kept));
        });
        let client = site.client();
        assert_eq!(client.get(path).send().await.text(), "1", "{path}");
        assert_eq!(client.get(path).send().await.text(), "2", "{path}");
        assert_eq!(site.client().get(path).send().await.text(), "1", "{path}");
    }
}
