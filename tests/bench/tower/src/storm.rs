//! Handlers whose requests overlap as badly as they can: all have loaded before one saves.

/// Makes a module with `router(gate)`. The two versions' types are not the same, though their names are.
macro_rules! storm {
    ($module:ident, $sessions:ident) => {
        pub(crate) mod $module {
            use std::sync::Arc;

            use axum::Router;
            use axum::extract::{Path, State};
            use axum::http::StatusCode;
            use axum::routing::get;
            use bench_harness::Gate;
            use $sessions::Session;
            use $sessions::session::Error;

            type Answer<T> = Result<T, StatusCode>;

            pub(crate) fn router(gate: Arc<Gate>) -> Router {
                Router::new()
                    .route("/sign-in", get(sign_in))
                    .route("/who", get(who))
                    .route("/own/{n}", get(own))
                    .route("/count", get(count))
                    .route("/increment", get(increment))
                    .route("/total", get(total))
                    .route("/slow", get(slow))
                    .route("/sign-out", get(sign_out))
                    .with_state(gate)
            }

            async fn sign_in(session: Session) -> Answer<&'static str> {
                session.insert("user", "ada").await.map_err(internal)?;
                Ok("ok")
            }

            async fn who(session: Session) -> Answer<String> {
                let user: Option<String> = session.get("user").await.map_err(internal)?;
                Ok(user.unwrap_or_else(|| "nobody".to_owned()))
            }

            async fn own(session: Session, n: Path<u32>, gate: State<Arc<Gate>>) -> Answer<&'static str> {
                session.get::<String>("user").await.map_err(internal)?;
                gate.pass().await;
                session
                    .insert(&format!("own-{}", *n), *n)
                    .await
                    .map_err(internal)?;
                Ok("ok")
            }

            /// There is no list of the entries, so each name is asked for.
            async fn count(session: Session) -> Answer<String> {
                let mut count = 0;
                for n in 0..1000 {
                    if session
                        .get::<u32>(&format!("own-{n}"))
                        .await
                        .map_err(internal)?
                        .is_some()
                    {
                        count += 1;
                    }
                }
                Ok(count.to_string())
            }

            async fn increment(session: Session, gate: State<Arc<Gate>>) -> Answer<&'static str> {
                session.get::<u32>("total").await.map_err(internal)?;
                gate.pass().await;
                let total: u32 = session
                    .get("total")
                    .await
                    .map_err(internal)?
                    .unwrap_or_default();
                session.insert("total", total + 1).await.map_err(internal)?;
                Ok("ok")
            }

            async fn total(session: Session) -> Answer<String> {
                let total: Option<u32> = session.get("total").await.map_err(internal)?;
                Ok(total.unwrap_or_default().to_string())
            }

            async fn slow(session: Session, gate: State<Arc<Gate>>) -> Answer<&'static str> {
                session.get::<String>("user").await.map_err(internal)?;
                gate.pass().await;
                session.insert("slow", true).await.map_err(internal)?;
                Ok("ok")
            }

            async fn sign_out(session: Session) -> Answer<&'static str> {
                session.flush().await.map_err(internal)?;
                Ok("ok")
            }

            fn internal(_: Error) -> StatusCode {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    };
}

storm!(newest, tower_sessions);
storm!(of_the_store, tower_sessions_of_the_store);

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use bench_harness::Gate;

/// The gate's own paths, outside the sessions.
pub(crate) fn gate(gate: Arc<Gate>) -> Router {
    Router::new()
        .route("/gate/arrived/{count}", get(arrived))
        .route("/gate/open", get(open))
        .route("/gate/close", get(close))
        .with_state(gate)
}

async fn arrived(gate: State<Arc<Gate>>, count: Path<usize>) -> &'static str {
    gate.arrived(*count).await;
    "ok"
}

async fn open(gate: State<Arc<Gate>>) -> &'static str {
    gate.open();
    "ok"
}

async fn close(gate: State<Arc<Gate>>) -> &'static str {
    gate.close();
    "ok"
}
