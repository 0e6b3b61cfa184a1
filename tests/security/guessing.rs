//! An application counts who tries ids, and refuses them.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::App;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorTooManyRequests;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use sessions_runtime::testing::{Client, serve_app};
use sessions_runtime::{Origin, SessionsExt};

use crate::app::{self, COOKIE, sign_in, user};
use crate::support::site::parts;

/// How often each address, which the test writes into a header, came with an id that opens nothing.
type Guesses = Data<Mutex<HashMap<String, u32>>>;

const MOST: u32 = 5;

async fn limit(
    guesses: Guesses,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> actix_web::Result<ServiceResponse<BoxBody>> {
    let session = request.session_store()?.get_session("session").await?;
    let address = request
        .headers()
        .get("x-address")
        .and_then(|value| value.to_str().ok());
    let address = address.unwrap_or_default().to_owned();
    if matches!(
        session.origin(),
        Origin::Unknown | Origin::Forged | Origin::Malformed
    ) {
        let mut guesses = guesses.lock().expect("nobody panics with it");
        let count = guesses.entry(address).or_default();
        *count += 1;
        if *count > MOST {
            return Err(ErrorTooManyRequests(""));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// S69
/// Ids that have ended, cookies of a stranger's making, and noise all count; whoever is signed in does not.
#[actix_web::test]
async fn an_application_sees_and_stops_whoever_tries_ids() {
    let guesses: Guesses = Data::default();
    let (clock, _, _, builder) = parts();
    let sessions = builder.default_backend("memory").build().expect("fit settings");
    let data = guesses.clone();
    let server = serve_app(move || {
        App::new()
            .app_data(sessions.clone())
            .app_data(data.clone())
            .configure(app::routes)
            .wrap(from_fn(limit))
    });
    let ann = Client::new(&server).with_clock(clock.clone());
    sign_in(&ann, "/kept").await;
    // An id that was good once.
    let ended = Client::new(&server).with_clock(clock);
    let line = format!("{COOKIE}={}", sign_in(&ended, "/kept").await);
    ended.get("/kept/destroy").send().await;
    let other = ann.cookie(COOKIE).expect("a cookie");
    let changed = if &other[40..41] == "A" { "B" } else { "A" };
    let forged = format!("{COOKIE}={}{changed}{}", &other[..40], &other[41..]);
    for (address, cookie) in [
        ("ended", &*line),
        ("forged", &forged),
        ("noise", "__Host-session=%%%"),
    ] {
        for number in 1..=2 * MOST {
            let reply = ann
                .get("/kept/get/user")
                .header("x-address", address)
                .cookie_header(cookie)
                .send()
                .await;
            let expected = if number <= MOST { 200 } else { 429 };
            assert_eq!(reply.status, expected, "{address}: {number}");
            assert!(reply.set_cookies().is_empty());
            let line = format!("{COOKIE}={other}");
            assert_eq!(user(&ann, "/kept", &line).await, "ada", "amid it");
        }
        assert_eq!(guesses.lock().expect("nobody panics with it")[address], 2 * MOST);
    }
    assert_eq!(guesses.lock().expect("nobody panics with it").len(), 3);
}
