//! A real server whose sessions live on the backend under test, and the one handler that all cases drive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::rt::spawn;
use actix_web::rt::task::JoinHandle;
use actix_web::{App, HttpRequest, HttpResponse, web};
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::fixture::Fixture;
use crate::backend::{Backend, BackendName, Memory};
use crate::clock::Clock;
use crate::error::SessionError;
use crate::http::{SessionMiddleware, SessionsExt};
use crate::secret::SecretKey;
use crate::session::SessionHandle;
use crate::sessions::Sessions;
use crate::testing::{Client, Interposer, Reply, Server, serve_app};

/// The name of the backend under test.
const SUITE: BackendName = BackendName::new("suite");
/// The session's cookie, as it is named on the wire.
pub(super) const COOKIE: &str = "__Host-session";

/// A server, and everything in front of the backend that a case moves by hand.
pub(super) struct Site {
    pub(super) server: Server,
    pub(super) clock: Clock,
    /// In front of the backend: pauses, fails, counts.
    pub(super) backend: Interposer,
    /// In front of a memory backend, for a second session.
    pub(super) beside: Interposer,
    gate: Gate,
    handles: Handles,
}

/// Handles that handlers left.
type Handles = Arc<Mutex<Vec<SessionHandle>>>;

/// Lifetimes of the session.
#[derive(Clone, Copy)]
pub(super) struct Lives {
    pub(super) idle: u64,
    pub(super) max_age: u64,
}

impl Default for Lives {
    fn default() -> Self {
        Self {
            idle: 7_200,
            max_age: 86_400,
        }
    }
}

impl Site {
    /// A server on the fixture's backend, by its clock.
    pub(super) fn new(fixture: &Fixture) -> Result<Self, Fault> {
        Self::with(fixture.backend().clone(), fixture.clock(), Lives::default())
    }

    pub(super) fn with(backend: Arc<dyn Backend>, clock: Clock, lives: Lives) -> Result<Self, Fault> {
        let backend = Interposer::new(backend);
        let beside = Interposer::new(Memory::with_clock(clock.clone()));
        let gate = Gate {
            arrived: Arc::new(Semaphore::new(0)),
            go: Arc::new(Semaphore::new(0)),
        };
        let sessions = Sessions::builder()
            .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
            .clock(clock.clone())
            .backend(SUITE, backend.clone())
            .backend(BackendName::MEMORY, beside.clone())
            .default_backend(SUITE)
            .idle_timeout(Duration::from_secs(lives.idle))
            .session_max_age(Duration::from_secs(lives.max_age))
            // The handlers that are linked into the binary are those of other tests.
            .skip_verification()
            .build()?;
        let handles = Handles::default();
        let (shared, left) = (gate.clone(), handles.clone());
        let server = serve_app(move || {
            App::new()
                .app_data(sessions.clone())
                .app_data(web::Data::new(shared.clone()))
                .app_data(web::Data::new(left.clone()))
                .route("/{act}", web::get().to(act))
                .route("/{act}/{first}", web::get().to(act))
                .route("/{act}/{first}/{second}", web::get().to(act))
                .wrap(SessionMiddleware::new())
        });
        Ok(Self {
            server,
            clock,
            backend,
            beside,
            gate,
            handles,
        })
    }

    /// A new browser.
    pub(super) fn browser(&self) -> Client {
        Client::new(&self.server).with_clock(self.clock.clone())
    }

    /// A browser that has a session, with this entry.
    pub(super) async fn visitor(&self, name: &str, value: &str) -> Result<Client, Fault> {
        let client = self.browser();
        ask(&client, &format!("/set/{name}/{value}")).await?;
        Ok(client)
    }

    /// Starts a request whose handler has loaded the session when this returns, and goes on after
    /// [`go_on`](Self::go_on).
    pub(super) async fn held(&self, client: &Client, path: &str) -> Pending {
        let request = started(client, &format!("{path}?hold"));
        if let Ok(permit) = self.gate.arrived.acquire().await {
            permit.forget();
        }
        request
    }

    /// The handle that a request left last.
    pub(super) fn handle(&self) -> Result<SessionHandle, Fault> {
        let handle = self.handles.lock().unwrap_or_else(PoisonError::into_inner).pop();
        handle.ok_or_else(|| Fault::new("no request left a handle"))
    }

    /// Lets one held request go on.
    pub(super) fn go_on(&self) {
        self.gate.go.add_permits(1);
    }
}

/// A request that was started.
pub(super) type Pending = JoinHandle<Result<Reply, Fault>>;

/// Starts a request.
pub(super) fn started(client: &Client, path: &str) -> Pending {
    let request = client.get(path);
    spawn(async move { Ok(request.try_send().await?) })
}

/// The answer to a request that was started.
pub(super) async fn ended(pending: Pending) -> Result<Reply, Fault> {
    pending
        .await
        .map_err(|_| Fault::new("a request panicked: its cookies break the rules"))?
}

/// The answer, which must be a success, as text.
pub(super) fn text(path: &str, reply: &Reply) -> Result<String, Fault> {
    if reply.status.is_success() {
        return Ok(reply.text());
    }
    Err(Fault::new(format!("{path} was answered {}", reply.status)))
}

/// The text that a path answers.
pub(super) async fn ask(client: &Client, path: &str) -> Result<String, Fault> {
    text(path, &client.get(path).try_send().await?)
}

/// Where requests wait in their handler.
#[derive(Clone)]
struct Gate {
    arrived: Arc<Semaphore>,
    go: Arc<Semaphore>,
}

/// Does to the session what the path says: without the attribute, as closures and services do.
async fn act(
    request: HttpRequest,
    gate: web::Data<Gate>,
    handles: web::Data<Handles>,
) -> Result<HttpResponse, SessionError> {
    let session = request.session_store()?.get_session("session").await?;
    if request.query_string() == "hold" {
        gate.arrived.add_permits(1);
        if let Ok(permit) = gate.go.acquire().await {
            permit.forget();
        }
    }
    let part = |name: &str| request.match_info().query(name).to_owned();
    let (name, value) = (part("first"), part("second"));
    let answer = match part("act").as_str() {
        "get" => session.get::<String>(&name)?.unwrap_or_else(|| "-".to_owned()),
        "set" => session.insert(&name, value).map(|()| "set".to_owned())?,
        "save" => {
            session.insert(&name, value)?;
            match session.save().await {
                Ok(()) => "saved".to_owned(),
                Err(err) if err.is_gone() => "gone".to_owned(),
                Err(err) => return Err(err),
            }
        }
        "add" => session
            .update(&name, |count: Option<u64>| count.unwrap_or(0) + 1)?
            .to_string(),
        "count" => session.get::<u64>(&name)?.unwrap_or(0).to_string(),
        "flash" => session.add_flash(&name).map(|()| "added".to_owned())?,
        "flashes" => {
            let messages = session.take_flashes().await?;
            messages
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")
        }
        "origin" => session.origin().to_string(),
        "renew" => {
            session.renew();
            "renewed".to_owned()
        }
        "handle" => {
            let handle = session.handle()?;
            handles
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(handle);
            if name == "renew" {
                session.renew();
            }
            "left".to_owned()
        }
        "browser" => {
            session.browser_session();
            "for this browser session".to_owned()
        }
        "remember" => {
            session.remember_for(Duration::from_secs(name.parse().unwrap_or_default()));
            "remembered".to_owned()
        }
        "destroy" => {
            session.destroy();
            "destroyed".to_owned()
        }
        "both" => {
            session.renew();
            session.insert(&name, &value)?;
            let beside = request
                .session_store()?
                .get_session("beside")
                .backend(BackendName::MEMORY)
                .await?;
            beside.insert(&name, &value).map(|()| "set".to_owned())?
        }
        _ => return Ok(HttpResponse::NotFound().finish()),
    };
    Ok(HttpResponse::Ok().body(answer))
}
