//! Every macro where the runtime and actix-web have other names, in each edition.
#![forbid(unsafe_code)]
#![deny(warnings)]

use http::web;
use kept::testing::{Client, serve};
use kept::{BackendName, Flash, Memory, SecretKey, Session, SessionError, SessionStore, Sessions};
use kept::{session, with_sessions};
use serde::{Deserialize, Serialize};

const AUDIT: BackendName = BackendName::new("audit");

#[derive(Flash, Serialize, Deserialize)]
#[flash(crate = ::kept, level = "success")]
enum Notice {
    #[flash(text = "Added {count:>2} x {sku}")]
    Added { sku: String, count: u32 },
}

#[session(name = "trail-x", backend = AUDIT)]
#[with_sessions(default = "memory", crate = ::kept, save = "always")]
#[session(name = "cart", backend = "memory", idle_timeout = "30m", conflict = "reject")]
async fn injected(path: web::Path<String>) -> Result<String, SessionError> {
    let count = session.update("count", |count: Option<u32>| count.unwrap_or(0) + 1)?;
    session.add_flash(Notice::Added {
        sku: path.into_inner(),
        count,
    })?;
    cart.insert("count", count)?;
    session_store.set_cookie("seen", "yes")?;
    Ok(format!("{}@{}: {}", trail_x.name(), trail_x.backend(), count))
}

#[with_sessions(default = "memory", crate = ::kept)]
async fn by_reference<T: 'static, const N: usize>(
    _number: web::Path<T>,
    session: &Session,
    #[session(backend = "memory")] cart: &Session,
    _store: &SessionStore,
) -> Result<String, SessionError>
where
    T: serde::de::DeserializeOwned,
{
    let texts: Vec<String> = session
        .take_flashes()
        .await?
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(format!(
        "{} of {:?} in {}",
        texts.join(", "),
        cart.get::<u32>("count")?,
        N
    ))
}

fn builder() -> Result<kept::SessionsBuilder, SessionError> {
    let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    Ok(Sessions::builder()
        .secret_key(key)
        .default_backend("securecookie"))
}

// The attributes of actix-web itself, `#[main]` and `#[get]`, work under its usual name only.
fn main() -> std::io::Result<()> {
    http::rt::System::new().block_on(check())
}

async fn check() -> std::io::Result<()> {
    // `unlinked` says that this was compiled as Miri compiles: then nothing is in the list, and nothing is missing.
    let unlinked = std::env::args().any(|arg| arg == "unlinked");
    assert_eq!(builder()?.build().is_ok(), unlinked);

    let builder = builder()?
        .backend("memory", Memory::new())
        .backend(AUDIT, Memory::new());
    let sessions = builder.build()?;
    let server = serve(move |app| {
        app.app_data(sessions.clone())
            .route("/injected/{sku}", web::get().to(injected))
            .route("/by_reference/{number}", web::get().to(by_reference::<u32, 3>));
    });
    let browser = Client::new(&server);
    assert_eq!(
        browser.get("/injected/tea").send().await.text(),
        "trail-x@audit: 1"
    );
    assert_eq!(browser.cookie("seen").as_deref(), Some("yes"));
    assert_eq!(
        browser.get("/by_reference/7").send().await.text(),
        "Added  1 x tea of Some(1) in 3"
    );
    Ok(())
}
