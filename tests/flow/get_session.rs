//! `session_store.get_session(..)`: further sessions by name, backend and cookie attributes.

use actix_web::{get, web};
use sessions_runtime::testing::Operation;
use sessions_runtime::{BackendName, ErrorKind, SameSite, SessionError, SessionStore, with_sessions};

use crate::places::{kind, told};
use crate::support::site::Site;

#[with_sessions]
#[get("/get/{step}")]
async fn steps(step: web::Path<String>) -> Result<String, SessionError> {
    act(&step, session_store).await
}

async fn act(step: &str, store: &SessionStore) -> Result<String, SessionError> {
    let basket = async || store.get_session("basket").backend("memory").await;
    Ok(match step {
        "count" => basket()
            .await?
            .update("tea", |n: Option<u32>| n.unwrap_or(0) + 1)?
            .to_string(),
        "twice" => {
            let (first, second) = (basket().await?, store.get_session("basket").await?);
            first.insert("tea", 5)?;
            second.insert("cup", 1)?;
            format!(
                "{:?} {:?} {}",
                second.get::<u8>("tea")?,
                first.keys(),
                second.backend()
            )
        }
        "joined" => {
            let (left, right) = futures_util::future::join(basket(), basket()).await;
            let (left, right) = (left?, right?);
            left.insert("tea", 7)?;
            format!("{:?}", right.get::<u8>("tea")?)
        }
        "defaults" => {
            let named = store.get_session("anything").await?;
            format!(
                "{} {} {}",
                store.config().default_backend(),
                named.name(),
                named.backend()
            )
        }
        "default_session" => {
            let session = store.get_session(store.config().cookie_name()).await?;
            format!("{} {}", session.name(), session.backend())
        }
        "other_backend" => {
            let first = basket().await?;
            first.insert("tea", 1)?;
            let second = store.get_session("basket").backend("securecookie").await;
            format!("{} {:?}", kind(second), first.get::<u8>("tea")?)
        }
        "unknown_backend" => {
            let own = BackendName::new("audit");
            let named = kind(store.get_session("x").backend("datastore").await);
            let own = kind(store.get_session("x").backend(&own).await);
            let built = kind(store.get_session("x").backend(String::from("memroy")).await);
            format!("{named} {own} {built}")
        }
        "loaded" => {
            let there = |name: &str| store.loaded_session(name).is_some();
            store.get_session("opened").backend("memory").await?;
            format!(
                "{} {} {} {}",
                there("sealed"),
                there("opened"),
                there("on_server"),
                there("a b")
            )
        }
        "bad_name" => {
            let mut errors = Vec::new();
            for name in ["", "a b", "__Host-x", "__sEcUrE-x", "a;b", "ä"] {
                errors.push(kind(store.get_session(name).await));
            }
            errors.join(" ")
        }
        _ => with_args(step, store).await?,
    })
}

/// The steps that ask for cookie attributes.
async fn with_args(step: &str, store: &SessionStore) -> Result<String, SessionError> {
    let basket = async || store.get_session("basket").backend("memory").await;
    Ok(match step {
        "strict" => {
            let strict = store
                .get_session("basket")
                .backend("memory")
                .cookie_args(|a| a.same_site(SameSite::Strict));
            strict.await?.len().to_string()
        }
        "later_strict" => {
            basket().await?;
            let again = store
                .get_session("basket")
                .cookie_args(|a| a.same_site(SameSite::Strict).http_only(false));
            again.await?.len().to_string()
        }
        "later_path" => {
            basket().await?;
            kind(store.get_session("basket").cookie_args(|a| a.path("/get")).await)
        }
        "bad_args" => kind(
            store
                .get_session("basket")
                .cookie_args(|a| a.secure(false).partitioned(true))
                .await,
        ),
        "path" => {
            let args = store
                .get_session("basket")
                .backend("memory")
                .cookie_args(|a| a.path("/get"));
            args.await?
                .update("tea", |n: Option<u32>| n.unwrap_or(0) + 1)?
                .to_string()
        }
        _ => String::new(),
    })
}

fn site() -> Site {
    Site::new(|app| {
        app.service(steps);
    })
}

/// T9, T11, G9
#[actix_web::test]
async fn one_name_is_one_session_for_the_whole_request() {
    let site = site();
    let client = site.client();
    let text = client.get("/get/twice").send().await.text();
    assert_eq!(text, r#"Some(5) ["cup", "tea"] memory"#);
    assert_eq!(site.backend.take_operations(), [Operation::Create]);
    assert_eq!(client.get("/get/joined").send().await.text(), "Some(7)");
    assert_eq!(
        site.backend.take_operations(),
        [Operation::Load, Operation::Replace]
    );
}

/// T8, T9, G11, G12
#[actix_web::test]
async fn without_a_backend_the_default_one_counts() {
    let site = site();
    let text = site.client().get("/get/defaults").send().await.text();
    assert_eq!(text, "securecookie anything securecookie");
    let site = Site::with(
        |builder| builder.default_backend("memory").cookie_name("sid"),
        |app| {
            app.service(steps);
        },
    );
    assert_eq!(
        site.client().get("/get/defaults").send().await.text(),
        "memory anything memory"
    );
    assert_eq!(
        site.client().get("/get/default_session").send().await.text(),
        "sid memory"
    );
    let site = Site::with(
        |builder| builder.session("anything", |settings| settings.backend("memory")),
        |app| {
            app.service(steps);
        },
    );
    assert_eq!(
        site.client().get("/get/defaults").send().await.text(),
        "securecookie anything memory"
    );
}

/// T10
#[actix_web::test]
async fn the_same_name_on_another_backend_is_an_error_and_not_the_first_session() {
    let text = site().client().get("/get/other_backend").send().await.text();
    assert_eq!(text, format!("{} Some(1)", told(ErrorKind::NameTaken)));
}

/// T7, G13
#[actix_web::test]
async fn an_unknown_backend_is_an_error() {
    let unknown = told(ErrorKind::UnknownBackend);
    let text = site().client().get("/get/unknown_backend").send().await.text();
    assert_eq!(text, format!("{unknown} {unknown} {unknown}"));
}

/// T47
#[actix_web::test]
async fn names_that_no_cookie_can_have_are_errors() {
    let text = site().client().get("/get/bad_name").send().await.text();
    assert_eq!(text, vec![told(ErrorKind::InvalidName); 6].join(" "));
}

/// T11, T22
#[actix_web::test]
async fn cookie_attributes_of_a_first_and_of_a_later_call_count() {
    let site = site();
    let client = site.client();
    let attributes = async |step: &str| {
        let cookie = client
            .get(&format!("/get/{step}"))
            .send()
            .await
            .set_cookie("__Host-basket");
        cookie.map(|cookie| (cookie.same_site.unwrap_or_default(), cookie.http_only))
    };
    assert_eq!(attributes("count").await, Some(("Lax".to_owned(), true)));
    assert_eq!(attributes("count").await, None);
    assert_eq!(attributes("strict").await, Some(("Strict".to_owned(), true)));
    assert_eq!(
        attributes("later_strict").await,
        Some(("Strict".to_owned(), false))
    );
    assert_eq!(
        client.get("/get/count").send().await.text(),
        "3",
        "it is still the same session"
    );
}

/// T11
#[actix_web::test]
async fn attributes_that_come_too_late_or_contradict_are_errors_and_never_ignored() {
    let refused = told(ErrorKind::InvalidCookie);
    for step in ["later_path", "bad_args"] {
        assert_eq!(
            site().client().get(&format!("/get/{step}")).send().await.text(),
            refused,
            "{step}"
        );
    }
}

/// T4, T11
#[actix_web::test]
async fn a_session_asked_for_with_a_path_is_read_back_with_it() {
    let site = site();
    let client = site.client();
    assert_eq!(client.get("/get/path").send().await.text(), "1");
    assert_eq!(client.get("/get/path").send().await.text(), "2");
    assert!(client.cookie("__Secure-basket").is_some() && client.cookie("__Host-basket").is_none());
}

/// T8
#[actix_web::test]
async fn without_awaiting_there_are_sealed_and_open_sessions() {
    let site = Site::with(
        |builder| builder.session("on_server", |settings| settings.backend("memory")),
        |app| {
            app.service(steps);
        },
    );
    assert_eq!(
        site.client().get("/get/loaded").send().await.text(),
        "true true false false"
    );
}
