//! Deleting cookies, so that they are gone from the browser.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder, get};
use sessions_runtime::testing::{Client, Reply};
use sessions_runtime::{CookieArgs, SameSite, Session, SessionError, SessionSettings, with_sessions};

use crate::app::{self, COOKIE, KINDS, sign_in};
use crate::support::site::Site;

#[with_sessions]
#[get("/shop/{name}/in")]
async fn enter(name: web::Path<String>) -> Result<impl Responder, SessionError> {
    session_store.get_session(&name).await?.insert("user", "ada")?;
    Ok("in")
}

#[with_sessions]
#[get("/shop/{name}/who")]
async fn who(name: web::Path<String>) -> Result<impl Responder, SessionError> {
    let session = session_store.get_session(&name).await?;
    Ok(session
        .get::<String>("user")?
        .unwrap_or_else(|| "nobody".to_owned()))
}

#[with_sessions]
#[get("/shop/{name}/out")]
async fn go(name: web::Path<String>) -> Result<impl Responder, SessionError> {
    session_store.get_session(&name).await?.destroy();
    Ok("out")
}

type Settings = fn(SessionSettings) -> SessionSettings;

/// Attributes that decide whether a removal meets its cookie.
const VARIANTS: [Settings; 9] = [
    |session| session,
    |session| session.path("/shop"),
    |session| session.domain("shop.example"),
    |session| session.domain("shop.example").path("/shop"),
    |session| session.secure(false),
    |session| session.secure(false).domain("shop.example").path("/shop/"),
    |session| session.same_site(SameSite::None).partitioned(true),
    |session| session.http_only(false).same_site(SameSite::Strict),
    |session| session.browser_session(true).path("/shop"),
];

/// S35
#[actix_web::test]
async fn destroying_removes_the_cookie_whatever_its_attributes() {
    for backend in ["securecookie", "memory"] {
        for (number, variant) in VARIANTS.into_iter().enumerate() {
            let site = Site::with(
                |builder| builder.session("basket", |session| variant(session.backend(backend))),
                |app: &mut ServiceConfig| {
                    app.service((enter, who, go));
                },
            );
            let client = site.client().at("https://www.shop.example");
            let ask = |what: &str| {
                client
                    .get(&format!("/shop/basket/{what}"))
                    .header("x-forwarded-proto", "https")
                    .send()
            };
            ask("in").await;
            assert_eq!(ask("who").await.text(), "ada", "{backend}: variant {number}");
            let set = client.cookie_header("/shop/basket/who").expect("a cookie");
            let removal = ask("out").await.set_cookies().remove(0);
            assert!(set.starts_with(&removal.name) && removal.is_removal() && removal.value.is_empty());
            assert_eq!(
                client.cookie_header("/shop/basket/who"),
                None,
                "{backend}: variant {number}"
            );
            assert_eq!(client.cookie(&removal.name), None, "{backend}: variant {number}");
            assert_eq!(ask("who").await.text(), "nobody", "{backend}: variant {number}");
        }
    }
}

#[with_sessions]
#[get("/shop/late/{backend}/{what}")]
async fn chosen_late(path: web::Path<(String, String)>) -> Result<impl Responder, SessionError> {
    let (backend, what) = path.into_inner();
    let args = |args: CookieArgs| args.path("/shop/late").same_site(SameSite::Strict);
    let session = session_store
        .get_session("late")
        .backend(backend)
        .cookie_args(args)
        .await?;
    match what.as_str() {
        "in" => session.insert("user", "ada")?,
        _ => session.destroy(),
    }
    Ok("done")
}

/// S35
#[actix_web::test]
async fn attributes_that_the_handler_chose_count_for_the_removal_too() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service(chosen_late);
    });
    for backend in ["securecookie", "memory"] {
        let client = site.client();
        let reply = client.get(&format!("/shop/late/{backend}/in")).send().await;
        assert_eq!(reply.set_cookies().remove(0).path.as_deref(), Some("/shop/late"));
        client.get(&format!("/shop/late/{backend}/out")).send().await;
        assert_eq!(client.cookie_header("/shop/late/x"), None, "{backend}");
    }
}

#[with_sessions]
#[get("/own/set")]
async fn own_set() -> Result<impl Responder, SessionError> {
    session_store.set_cookie("plain", "1")?;
    session_store.set_cookie_with("__Secure-deep", "1", |args| args.path("/own"))?;
    session_store.set_cookie_with("wide", "1", |args| args.domain("shop.example").secure(false))?;
    session_store.set_cookie_with("__Host-apart", "1", |args| {
        args.partitioned(true).same_site(SameSite::None)
    })?;
    session_store.set_secure_cookie("sealed", "1")?;
    Ok("set")
}

#[with_sessions]
#[get("/own/delete")]
async fn own_delete() -> Result<impl Responder, SessionError> {
    session_store.delete_cookie("plain")?;
    session_store.delete_cookie_with("__Secure-deep", |args| args.path("/own"))?;
    session_store.delete_cookie_with("wide", |args| args.domain("shop.example").secure(false))?;
    session_store.delete_cookie_with("__Host-apart", |args| {
        args.partitioned(true).same_site(SameSite::None)
    })?;
    session_store.delete_cookie("sealed")?;
    Ok("deleted")
}

/// S35
#[actix_web::test]
async fn deleted_cookies_of_the_application_leave_the_jar() {
    let site = Site::new(|app: &mut ServiceConfig| {
        app.service((own_set, own_delete));
    });
    let client = site.client().at("https://www.shop.example");
    client.get("/own/set").send().await;
    let held = client.cookie_header("/own/x").expect("cookies");
    assert_eq!(held.split("; ").count(), 5, "{held}");
    client.get("/own/delete").send().await;
    assert_eq!(client.cookie_header("/own/x"), None);
}

/// Ends the session on a way out that some handlers take.
fn leave(session: &Session, way: &str) -> Result<HttpResponse, SessionError> {
    session.destroy();
    Ok(match way {
        "error" => session
            .insert("", "an invalid name")
            .map(|()| HttpResponse::Ok().finish())?,
        status => HttpResponse::build(
            status
                .parse::<u16>()
                .ok()
                .and_then(|code| StatusCode::from_u16(code).ok())
                .expect("a status"),
        )
        .finish(),
    })
}

#[with_sessions(default = "securecookie")]
#[get("/sealed/leave/{way}")]
async fn leave_sealed(session: &Session, way: web::Path<String>) -> Result<HttpResponse, SessionError> {
    leave(session, &way)
}

#[with_sessions(default = "memory")]
#[get("/kept/leave/{way}")]
async fn leave_kept(session: &Session, way: web::Path<String>) -> Result<HttpResponse, SessionError> {
    leave(session, &way)
}

/// S35, V38
/// Redirects, errors, early returns, server errors.
#[actix_web::test]
async fn signing_out_removes_the_cookie_on_every_way_out() {
    let site = Site::new(|app: &mut ServiceConfig| {
        // The same scopes as the others', so these come first.
        app.service((leave_sealed, leave_kept));
        app::routes(app);
    });
    for kind in KINDS {
        for way in [
            "200", "204", "303", "304", "401", "403", "404", "500", "503", "error",
        ] {
            let client = site.client();
            let value = sign_in(&client, kind).await;
            let reply: Reply = client.get(&format!("{kind}/leave/{way}")).send().await;
            assert!(
                reply.set_cookie(COOKIE).is_some_and(|cookie| cookie.is_removal()),
                "{kind}: {way}"
            );
            assert_eq!(client.cookie(COOKIE), None, "{kind}: {way}");
            if kind == "/kept" {
                let thief: Client = site.client();
                assert_eq!(
                    app::user(&thief, kind, format!("{COOKIE}={value}")).await,
                    "nobody",
                    "{way}"
                );
            }
        }
    }
    assert!(site.memory.is_empty());
}
