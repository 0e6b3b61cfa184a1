//! Tasks that go on after the response of the request whose session they hold.

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, get, rt};
use sessions_runtime::{ErrorKind, Session, SessionStore, with_sessions};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::app::{self, KINDS, sign_in};
use crate::support::gate::Gate;
use crate::support::site::Site;

/// What a task found out that its request did not wait for.
type Late = (Result<(), ErrorKind>, Result<(), ErrorKind>);

async fn write_late(
    session: Session,
    store: SessionStore,
    gate: web::Data<Gate>,
    found: web::Data<UnboundedSender<Late>>,
) {
    gate.pass().await;
    session.renew();
    session.destroy();
    let late = (
        session
            .insert("late", "another visitor's")
            .map_err(|err| err.kind()),
        store
            .set_cookie("late", "another-visitors")
            .map_err(|err| err.kind()),
    );
    found.send(late).expect("the test waits");
}

#[with_sessions(default = "securecookie")]
#[get("/leave/sealed")]
async fn leave_a_task_sealed(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
    found: web::Data<UnboundedSender<Late>>,
) -> impl Responder {
    rt::spawn(write_late(session.clone(), session_store.clone(), gate, found));
    "answered"
}

#[with_sessions(default = "memory")]
#[get("/leave/kept")]
async fn leave_a_task_kept(
    session: &Session,
    session_store: &SessionStore,
    gate: web::Data<Gate>,
    found: web::Data<UnboundedSender<Late>>,
) -> impl Responder {
    rt::spawn(write_late(session.clone(), session_store.clone(), gate, found));
    "answered"
}

/// V29
/// A task outlives its request and writes into the session it kept, on the worker that serves everybody.
#[actix_web::test]
async fn a_task_that_outlives_its_request_reaches_nobody() {
    for kind in KINDS {
        let gate = Gate::new();
        let (sender, mut found) = unbounded_channel::<Late>();
        let (at, sender) = (web::Data::new(gate.clone()), web::Data::new(sender));
        let site = Site::new(move |app: &mut ServiceConfig| {
            app.app_data(at.clone()).app_data(sender.clone());
            app.service((leave_a_task_sealed, leave_a_task_kept));
            app::routes(app);
        });
        let ada = site.client();
        sign_in(&ada, kind).await;
        assert_eq!(ada.get(&format!("/leave{kind}")).send().await.text(), "answered");
        gate.arrived().await;
        let eve = site.client();
        gate.open();
        let late = found.recv().await.expect("the task ends");
        assert_eq!(late, (Err(ErrorKind::Closed), Err(ErrorKind::Closed)), "{kind}");
        for (client, name) in [(&eve, "nobody"), (&ada, "ada")] {
            let reply = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!(
                (reply.text().as_str(), reply.set_cookies().len()),
                (name, 0),
                "{kind}"
            );
            assert_eq!(
                client.get(&format!("{kind}/get/late")).send().await.text(),
                "nobody",
                "{kind}"
            );
        }
    }
}
