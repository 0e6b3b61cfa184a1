//! Handlers in a library; the application that links it routes none of them.
#![forbid(unsafe_code)]

use actix_web::get;
use sessions_runtime::{BackendName, Session, with_sessions};

/// A backend of the application's own.
pub const AUDIT: BackendName = BackendName::new("audit");

/// This file, for those who want to know its lines.
pub const SOURCE: &str = include_str!("lib.rs");

#[with_sessions(default = "memory")]
#[session(name = "cart", backend = "datastore")]
#[get("/cart")]
pub async fn show_cart() -> String {
    cart.name().to_owned()
}

mod deep {
    pub(super) mod deeper {
        use super::super::{Session, with_sessions};

        // Private, and called by nobody.
        #[allow(dead_code)]
        #[with_sessions]
        async fn never_called(#[session(backend = "memcache")] visits: &Session, // visits
        ) -> String {
            visits.name().to_owned()
        }
    }
}

pub fn generic_handlers<T: 'static>() -> &'static str {
    #[allow(dead_code)]
    #[with_sessions]
    #[session(name = "inside", backend = "redis")]
    async fn inside_a_function() -> String {
        inside.name().to_owned()
    }
    std::any::type_name::<T>()
}

#[with_sessions(default = AUDIT)]
#[session(name = "orders", backend = "datastore")]
mod admin {
    use actix_web::get;

    #[get("/orders")]
    async fn show_orders() -> String {
        orders.name().to_owned()
    }

    #[get("/orders/ended")]
    async fn show_ended() -> String {
        orders.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use sessions_runtime::{SecretKey, Sessions};

    /// A library's unit tests build what they need, whatever its handlers ask for.
    #[test]
    fn a_store_can_be_built_without_the_backends_of_the_handlers() {
        let key = || SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ").unwrap();
        assert!(Sessions::builder().secret_key(key()).build().is_err());
        assert!(
            Sessions::builder()
                .secret_key(key())
                .skip_verification()
                .build()
                .is_ok()
        );
    }
}
