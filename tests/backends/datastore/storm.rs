//! Many at once, over HTTP.

use actix_web::web::ServiceConfig;
use actix_web::{get, web};
use futures_util::future::{join, join_all};
use sessions_runtime::testing::{Client, serve};
use sessions_runtime::{SecretKey, SessionError, Sessions, with_sessions};

use super::kit::{builder, by_hand, clock, number};
use super::locked::{get, set};
use crate::support::gate::Gate;
use crate::support::place::Place;
use crate::support::site::SECRET;

#[with_sessions(default = "datastore")]
#[get("/add")]
async fn add() -> Result<String, SessionError> {
    Ok(session
        .update("count", |n: Option<u32>| n.unwrap_or(0) + 1)?
        .to_string())
}

/// Holds its session, with a change that is not saved yet, for as long as the test likes.
#[with_sessions(default = "datastore")]
#[get("/held")]
async fn held(gate: web::Data<Gate>) -> Result<&'static str, SessionError> {
    session.insert("held", true)?;
    gate.pass().await;
    Ok("held")
}

fn configure(app: &mut ServiceConfig) {
    app.service((add, held, get, set));
}

fn sessions(place: &Place, clock: &sessions_runtime::Clock) -> Sessions {
    Sessions::builder()
        .secret_key(SecretKey::from_bytes(SECRET).expect("the test's secret is fit"))
        .clock(clock.clone())
        .backend(
            "datastore",
            builder(&place.file("sessions.db"), clock)
                .open()
                .expect("the file is the test's"),
        )
        .skip_verification()
        .build()
        .expect("the settings are fit")
}

/// C11
/// Two servers, as two processes on one file, and 32 browsers that save again and again.
#[actix_web::test]
async fn writers_on_many_sessions_never_meet_a_locked_database() {
    let (place, clock) = (Place::new(), clock());
    let servers = [(); 2].map(|()| {
        let sessions = sessions(&place, &clock);
        serve(move |app: &mut ServiceConfig| {
            app.app_data(sessions.clone()).configure(configure);
        })
    });
    let browsers = (0..32).map(|number| Client::new(&servers[number % 2]).with_clock(clock.clone()));
    join_all(browsers.map(async |browser| {
        for expected in 1..=30 {
            let reply = browser.get("/add").send().await;
            assert_eq!((reply.status.as_u16(), reply.text()), (200, expected.to_string()));
        }
    }))
    .await;
    assert_eq!(
        number(
            &by_hand(&place.file("sessions.db")),
            "SELECT count(*) FROM sessions"
        ),
        32
    );
}

/// C11, V39
/// Handlers that hang hold no lock: not against other sessions, not against other programs.
#[actix_web::test]
async fn no_transaction_is_open_while_a_handler_runs() {
    let (place, clock, gate) = (Place::new(), clock(), Gate::new());
    let (sessions, data) = (sessions(&place, &clock), web::Data::new(gate.clone()));
    let server = serve(move |app: &mut ServiceConfig| {
        app.app_data(sessions.clone())
            .app_data(data.clone())
            .configure(configure);
    });
    let hanging: Vec<_> = (0..8)
        .map(|_| Client::new(&server).with_clock(clock.clone()))
        .collect();
    for client in &hanging {
        client.get("/add").send().await;
    }
    let (replies, ()) = join(
        join_all(hanging.iter().map(|client| client.get("/held").send())),
        async {
            for _ in &hanging {
                gate.arrived().await;
            }
            let other = by_hand(&place.file("sessions.db"));
            other.busy_timeout(std::time::Duration::ZERO).unwrap();
            other
                .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
                .expect("nobody holds the lock");
            let client = Client::new(&server).with_clock(clock.clone());
            assert_eq!(client.get("/add").send().await.text(), "1");
            assert_eq!(client.get("/add").send().await.text(), "2");
            for _ in &hanging {
                gate.open();
            }
        },
    )
    .await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(hanging[0].get("/add").send().await.text(), "2");
}
