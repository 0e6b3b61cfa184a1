//! Pages whose requests wait at many points. Each session has a marker, and each page that finds another one than its
//! visitor's tells the watch.

use actix_web::rt::task::yield_now;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, get};
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::ground::Watch;

/// The header in which a visitor says who they are.
pub(crate) const WHO: &str = "x-who";

type Text = Result<String, SessionError>;

fn who(request: &HttpRequest) -> &str {
    let who = request.headers().get(WHO);
    who.and_then(|who| who.to_str().ok()).unwrap_or_default()
}

/// Looks whose session this is.
fn mine(session: &Session, request: &HttpRequest) -> Result<(), SessionError> {
    let marker: Option<String> = session.get("who")?;
    if marker.is_some_and(|marker| marker != who(request))
        && let Some(watch) = request.app_data::<Data<Watch>>()
    {
        watch.stranger();
    }
    Ok(())
}

/// Two entries, which always change together.
fn add(session: &Session) -> Result<(), SessionError> {
    for entry in ["left", "right"] {
        session.update(entry, |n: Option<u32>| n.unwrap_or(0) + 1)?;
    }
    Ok(())
}

#[with_sessions]
#[get("/begin")]
async fn begin(request: HttpRequest) -> Text {
    mine(session, &request)?;
    session.insert("who", who(&request))?;
    add(session)?;
    Ok("begun".to_owned())
}

/// Why the session is what it is, whose it is, and both numbers.
#[with_sessions]
#[get("/read")]
async fn read(request: HttpRequest) -> Text {
    mine(session, &request)?;
    let marker: Option<String> = session.get("who")?;
    let [left, right] = ["left", "right"].map(|entry| session.get::<u32>(entry));
    Ok(format!(
        "{} {} {} {}",
        session.origin(),
        marker.unwrap_or_default(),
        left?.unwrap_or(0),
        right?.unwrap_or(0)
    ))
}

#[with_sessions]
#[get("/add")]
async fn add_once(request: HttpRequest) -> Text {
    mine(session, &request)?;
    add(session)?;
    Ok("added".to_owned())
}

/// Waits amid its changes.
#[with_sessions]
#[get("/slow")]
async fn slow(request: HttpRequest) -> Text {
    mine(session, &request)?;
    session.update("left", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    yield_now().await;
    session.update("right", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok("added".to_owned())
}

/// Saves once ahead of its response.
#[with_sessions]
#[get("/twice")]
async fn twice(request: HttpRequest) -> Text {
    mine(session, &request)?;
    add(session)?;
    session.save().await?;
    add(session)?;
    Ok("added".to_owned())
}

#[with_sessions(lock)]
#[get("/locked")]
async fn locked(request: HttpRequest) -> Text {
    mine(session, &request)?;
    yield_now().await;
    add(session)?;
    Ok("added".to_owned())
}

/// Two sessions, loaded and saved at once.
#[with_sessions]
#[session(name = "cart")]
#[get("/both")]
async fn both(request: HttpRequest) -> Text {
    mine(session, &request)?;
    mine(cart, &request)?;
    cart.insert("who", who(&request))?;
    cart.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    add(session)?;
    Ok("added".to_owned())
}

#[with_sessions]
#[get("/note")]
async fn note(request: HttpRequest) -> Text {
    mine(session, &request)?;
    session.add_flash(who(&request))?;
    Ok("noted".to_owned())
}

#[with_sessions]
#[get("/notes")]
async fn notes(request: HttpRequest) -> Text {
    mine(session, &request)?;
    let notes = session.take_flashes().await?;
    Ok(notes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" "))
}

#[with_sessions]
#[get("/renew")]
async fn renew(request: HttpRequest) -> Text {
    mine(session, &request)?;
    add(session)?;
    session.renew();
    Ok("renewed".to_owned())
}

#[with_sessions]
#[get("/destroy")]
async fn destroy(request: HttpRequest) -> Text {
    mine(session, &request)?;
    session.destroy();
    Ok("destroyed".to_owned())
}

/// Needs room in the store.
#[with_sessions]
#[get("/grow")]
async fn grow(request: HttpRequest) -> Text {
    mine(session, &request)?;
    session.insert("baggage", "x".repeat(4_000))?;
    Ok("grown".to_owned())
}

/// A first visit that needs room in the store.
#[with_sessions]
#[get("/enter")]
async fn enter(request: HttpRequest) -> Text {
    session.insert("who", who(&request))?;
    session.insert("baggage", "x".repeat(4_000))?;
    Ok("entered".to_owned())
}

/// Can do without its session.
#[with_sessions(on_outage = "empty")]
#[get("/soft")]
async fn soft(request: HttpRequest) -> Text {
    mine(session, &request)?;
    Ok(session.origin().to_string())
}

/// Needs another backend.
#[with_sessions]
#[session(name = "other", backend = "memory")]
#[get("/beside")]
async fn beside() -> Text {
    other.update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok("beside".to_owned())
}

/// Needs none.
#[get("/plain")]
async fn plain() -> &'static str {
    "plain"
}

pub(crate) fn routes(app: &mut ServiceConfig) {
    app.service((
        begin, read, add_once, slow, twice, locked, both, note, notes, renew, destroy,
    ));
    app.service((grow, enter, soft, beside, plain));
}

/// What a page does to a session, for whoever counts along.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) path: &'static str,
    /// How often it adds to the numbers.
    pub(crate) adds: u32,
    pub(crate) notes: u32,
    pub(crate) takes: bool,
    pub(crate) does: Does,
}

/// What it means for the session's life where the browser never sees the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Nothing,
    /// The browser may be left with an id that has been replaced.
    Renew,
    Destroy,
}

const PAGE: Page = Page {
    path: "/read",
    adds: 0,
    notes: 0,
    takes: false,
    does: Does::Nothing,
};

const fn adding(path: &'static str, adds: u32) -> Page {
    Page { path, adds, ..PAGE }
}

pub(crate) const READ: Page = PAGE;
pub(crate) const ADD: Page = adding("/add", 1);
pub(crate) const LOCKED: Page = adding("/locked", 1);
pub(crate) const NOTES: Page = Page {
    path: "/notes",
    takes: true,
    ..PAGE
};
const NOTE: Page = Page {
    path: "/note",
    notes: 1,
    ..PAGE
};
const RENEW: Page = Page {
    does: Does::Renew,
    ..adding("/renew", 1)
};
const DESTROY: Page = Page {
    path: "/destroy",
    does: Does::Destroy,
    ..PAGE
};

/// Pages that get along with each other in any order.
pub(crate) const MERGING: [Page; 7] = [
    READ,
    ADD,
    LOCKED,
    adding("/slow", 1),
    adding("/twice", 2),
    adding("/both", 1),
    NOTE,
];
/// Pages after which their visitor looks before going on.
pub(crate) const ALONE: [Page; 3] = [NOTES, RENEW, DESTROY];
