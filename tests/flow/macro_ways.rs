//! The three ways in which a session reaches a handler, and every way to mix them.

use actix_web::{get, post, web};
use sessions_runtime::{BackendName, Session, SessionError, SessionStore, with_sessions};

use crate::support::site::Site;

/// A backend of the application's own.
const AUDIT: BackendName = BackendName::new("audit");

/// A session under another name of its type.
type Handle = Session;

fn count(session: &Session) -> Result<String, SessionError> {
    let number = session.update("count", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    Ok(format!("{} on {}: {number}", session.name(), session.backend()))
}

#[with_sessions(default = "memory")]
#[get("/injected")]
async fn injected() -> Result<String, SessionError> {
    session_store.set_cookie("seen", "yes")?;
    count(session)
}

#[with_sessions]
#[session(name = "cart", backend = "memory")]
#[get("/declared")]
async fn declared() -> Result<String, SessionError> {
    count(cart)
}

#[with_sessions(default = "memory")]
#[get("/parameters/{word}")]
async fn parameters(
    session: &Session,
    word: web::Path<String>,
    #[session(backend = "memory")] cart: &Session,
    session_store: &SessionStore,
) -> Result<String, SessionError> {
    session_store.set_cookie("seen", &word)?;
    Ok(format!("{}, {}", count(session)?, count(cart)?))
}

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "memory")]
#[post("/mixed")]
async fn mixed_ways(cart: &Session, body: String) -> Result<String, SessionError> {
    Ok(format!("{body}: {}, {}", count(cart)?, count(session)?))
}

#[with_sessions(default = "memory")]
#[session(name = "shopping-cart", backend = "memory", ident = basket)]
#[get("/ident")]
async fn ident() -> Result<String, SessionError> {
    count(basket)
}

#[with_sessions]
#[get("/renamed")]
async fn renamed(
    #[session(name = "shopping-cart", backend = "memory")] any: &Handle,
) -> Result<String, SessionError> {
    count(any)
}

#[with_sessions]
#[session(name = "trail", backend = AUDIT)]
#[get("/own_backend")]
async fn own_backend() -> Result<String, SessionError> {
    count(trail)
}

#[with_sessions(default = self::AUDIT)]
#[get("/own_default")]
async fn own_default() -> Result<String, SessionError> {
    count(session)
}

#[with_sessions]
#[get("/configured")]
async fn configured(wishes: &Session, _cart: &Session) -> Result<String, SessionError> {
    count(wishes)
}

#[with_sessions]
#[get("/store")]
async fn by_store(store: &SessionStore) -> Result<String, SessionError> {
    let further = store.get_session("cart").backend("memory").await?;
    count(&further)
}

struct Routes;

impl Routes {
    #[with_sessions(default = "memory")]
    async fn method(session: &Session) -> Result<String, SessionError> {
        count(session)
    }
}

/// The usual site, with the memory under a second name too.
fn site() -> Site {
    Site::with(
        |builder| {
            builder
                .backend("audit", sessions_runtime::Memory::new())
                .session("wishes", |settings| settings.backend("memory"))
        },
        |app| {
            app.service((
                injected,
                declared,
                parameters,
                mixed_ways,
                ident,
                renamed,
                own_backend,
                own_default,
            ))
            .service((configured, by_store))
            .route("/method", web::get().to(Routes::method));
        },
    )
}

/// G6, T5
#[actix_web::test]
async fn every_way_binds_the_same_sessions() {
    let site = site();
    let client = site.client();
    let get = async |path: &str| client.get(path).send().await.text();
    assert_eq!(get("/injected").await, "session on memory: 1");
    assert_eq!(client.cookie("seen").as_deref(), Some("yes"));
    assert_eq!(get("/declared").await, "cart on memory: 1");
    assert_eq!(
        get("/parameters/word").await,
        "session on memory: 2, cart on memory: 2"
    );
    assert_eq!(client.cookie("seen").as_deref(), Some("word"));
    let mixed = client.post("/mixed").body("body").send().await.text();
    assert_eq!(mixed, "body: cart on memory: 3, session on memory: 3");
    assert_eq!(get("/method").await, "session on memory: 4");
    assert_eq!(get("/store").await, "cart on memory: 4");
    assert_eq!(get("/ident").await, "shopping-cart on memory: 1");
    assert_eq!(get("/renamed").await, "shopping-cart on memory: 2");
}

/// T5, T7, G13
#[actix_web::test]
async fn a_backend_of_the_application_s_own_goes_by_its_path() {
    let site = site();
    let client = site.client();
    for number in 1..3 {
        assert_eq!(
            client.get("/own_backend").send().await.text(),
            format!("trail on audit: {number}")
        );
        assert_eq!(
            client.get("/own_default").send().await.text(),
            format!("session on audit: {number}")
        );
    }
    assert!(site.backend.operations().is_empty());
}

/// T5, G12
#[actix_web::test]
async fn where_nothing_names_a_backend_the_configuration_decides() {
    let site = site();
    let client = site.client();
    assert_eq!(
        client.get("/configured").send().await.text(),
        "wishes on memory: 1"
    );
    assert_eq!(
        client.get("/configured").send().await.text(),
        "wishes on memory: 2"
    );
}
