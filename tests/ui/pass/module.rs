//! What a module with `#[with_sessions]` says holds for its handlers, and for nothing else in it.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]
use actix_web::{App, test};
use sessions_runtime::{BackendName, Memory, SecretKey, Sessions, session, with_sessions};

const AUDIT: BackendName = BackendName::new("audit");
static ARCHIVE: BackendName = BackendName::new("archive");

/// Backends by path are looked up where the attribute stands.
#[with_sessions(default = AUDIT)]
#[session(name = "cart", backend = "memory")]
#[session(name = "trail-x", backend = ARCHIVE, ident = trail)]
mod shop {
    #![allow(clippy::unused_async)]
    use actix_web::{Responder, delete, get, post, route, routes, web};
    use sessions_runtime::{Session, SessionError, with_sessions};

    /// Inherits everything.
    #[get("/all")]
    pub(super) async fn all() -> impl Responder {
        format!("{} {} {}", at(session), at(cart), at(trail))
    }

    /// An extractor, a session by reference, and documentation between the attributes.
    #[post("/post/{id}")]
    /// Between.
    #[allow(dead_code)]
    pub(crate) async fn with_parameters(id: web::Path<u8>, cart: &Session) -> Result<String, SessionError> {
        Ok(format!("{id} {} {}", at(cart), at(session)))
    }

    #[routes]
    #[get("/routes/one")]
    #[get("/routes/two")]
    async fn by_routes() -> String {
        at(session)
    }

    #[route("/route", method = "GET", method = "PUT")]
    async fn by_route() -> String {
        at(trail)
    }

    #[actix_web::get("/qualified")]
    async fn qualified() -> String {
        at(session)
    }

    /// Its own attribute replaces everything.
    #[with_sessions(default = "securecookie")]
    #[get("/own")]
    async fn own(cart: &Session) -> String {
        format!("{} {}", at(session), at(cart))
    }

    /// Its own session replaces that of the same name, and a further one is added.
    #[session(name = "cart", backend = "securecookie")]
    #[session(name = "seen", backend = "memory")]
    #[get("/further")]
    async fn further() -> String {
        format!("{} {} {}", at(session), at(cart), at(seen))
    }

    /// Its own on a condition that holds, and on one that does not.
    #[cfg_attr(all(), with_sessions(default = "securecookie"))]
    #[get("/condition/true")]
    async fn condition_true() -> String {
        at(session)
    }

    #[cfg_attr(any(), with_sessions(default = "securecookie"))]
    #[get("/condition/false")]
    async fn condition_false() -> String {
        at(session)
    }

    /// No route: untouched, so it can be called.
    fn at(session: &Session) -> String {
        format!("{}@{}", session.name(), session.backend())
    }

    #[inline]
    pub(super) async fn helper() -> u8 {
        1
    }

    macro_rules! handler {
        ($item:item) => {
            $item
        };
    }
    handler! {
        #[delete("/not_seen")]
        async fn inside_a_macro() -> String {
            String::new()
        }
    }

    /// Not entered.
    pub(super) mod nested {
        use actix_web::get;

        #[get("/nested")]
        pub(crate) async fn nested() -> &'static str {
            let session = "nothing is injected";
            session
        }
    }

    pub(super) fn services() -> impl actix_web::dev::HttpServiceFactory {
        ((all, with_parameters, by_routes, by_route, qualified), (own, further, condition_true, condition_false), (inside_a_macro, nested::nested))
    }
}

/// `#[session]` above, and on a condition; `#[scope]` above.
#[session(name = "above", backend = "memory")]
#[actix_web::scope("/outer")]
#[with_sessions(default = "memory", crate = ::sessions_runtime)]
#[cfg_attr(all(), session(name = "conditional", backend = "memory"))]
#[cfg_attr(any(), session(name = "conditional", backend = "redis"))]
mod scope_above {
    use actix_web::get;

    #[get("/scoped")]
    pub(super) async fn scoped() -> String {
        format!("{} {} {}", session.backend(), above.backend(), conditional.backend())
    }
}

/// `#[scope]` below, and raw names.
#[with_sessions(default = AUDIT)]
#[actix_web::scope("/inner")]
mod r#mod {
    use actix_web::get;

    #[get("/scoped")]
    pub(super) async fn scoped() -> String {
        session.backend().to_string()
    }
}

/// Handlers whose whole items a macro was given.
macro_rules! module {
    ($name:ident, $($item:item)*) => {
        #[with_sessions(default = "memory")]
        mod $name {
            $($item)*
        }
    };
}
module! {
    from_macro,
    use actix_web::get;
    #[get("/macro")]
    pub(super) async fn handler() -> String {
        session.backend().to_string()
    }
}

/// Left out, backends and all.
#[with_sessions(default = NOWHERE)]
#[cfg(any())]
mod left_out {
    #[actix_web::get("/")]
    async fn handler() -> String {
        session.backend().to_string()
    }
}

#[actix_web::main]
async fn main() {
    assert_eq!(shop::helper().await, 1);
    let key = SecretKey::from_bytes("Vq3r9TzK0mXc7LwE5bNf2YhJ8sDpGu1A4oRiWkCxZt6Q").unwrap();
    let builder = Sessions::builder().secret_key(key).default_backend("securecookie");
    let builder = builder.backend("memory", Memory::new()).backend(AUDIT, Memory::new()).backend(&ARCHIVE, Memory::new());
    let app = App::new()
        .app_data(builder.skip_verification().build().unwrap())
        .service(shop::services())
        .service((scope_above::scoped, r#mod::scoped, from_macro::handler));
    let app = test::init_service(app).await;
    for (path, text) in [
        ("/all", "session@audit cart@memory trail-x@archive"),
        ("/routes/one", "session@audit"),
        ("/routes/two", "session@audit"),
        ("/route", "trail-x@archive"),
        ("/qualified", "session@audit"),
        ("/own", "session@securecookie cart@securecookie"),
        ("/further", "session@audit cart@securecookie seen@memory"),
        ("/condition/true", "session@securecookie"),
        ("/condition/false", "session@audit"),
        ("/nested", "nothing is injected"),
        ("/outer/scoped", "memory memory memory"),
        ("/inner/scoped", "audit"),
        ("/macro", "memory"),
    ] {
        let response = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
        assert_eq!(test::read_body(response).await, text, "{path}");
    }
    let response = test::call_service(&app, test::TestRequest::post().uri("/post/7").to_request()).await;
    assert_eq!(test::read_body(response).await, "7 cart@memory session@audit");
}
