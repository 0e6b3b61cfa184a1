//! The work with tower-sessions, of either version.

/// Makes a module with `router(work)`. The two versions' types are not the same, though their names are.
macro_rules! work {
    ($module:ident, $sessions:ident) => {
        pub(crate) mod $module {
            use axum::Router;
            use axum::http::StatusCode;
            use axum::routing::get;
            use bench_harness::Work;
            use $sessions::Session;
            use $sessions::session::Error;

            pub(crate) fn router(work: Work) -> Router {
                let router = Router::new()
                    .route("/fill", get(fill))
                    .route("/number", get(show_number));
                match work {
                    Work::Unused => router.route("/", get(unused)),
                    Work::Read => router.route("/", get(read)),
                    Work::Write => router.route("/", get(write)),
                }
            }

            async fn unused() -> &'static str {
                "ok"
            }

            async fn read(session: Session) -> Result<&'static str, StatusCode> {
                let number: Option<u64> = session.get("number").await.map_err(internal)?;
                let short: Option<String> = session.get("short").await.map_err(internal)?;
                let long: Option<String> = session.get("long").await.map_err(internal)?;
                assert!(number.is_some() && short.is_some() && long.is_some());
                Ok("ok")
            }

            async fn write(session: Session) -> Result<&'static str, StatusCode> {
                let number: u64 = session
                    .get("number")
                    .await
                    .map_err(internal)?
                    .unwrap_or_default();
                session
                    .insert("number", number + 1)
                    .await
                    .map_err(internal)?;
                Ok("ok")
            }

            async fn fill(session: Session) -> Result<&'static str, StatusCode> {
                session.insert("number", 41).await.map_err(internal)?;
                session.insert("short", "hello").await.map_err(internal)?;
                session
                    .insert("long", "0123456789abcdef0123456789abcdef")
                    .await
                    .map_err(internal)?;
                Ok("ok")
            }

            async fn show_number(session: Session) -> Result<String, StatusCode> {
                let number: Option<u64> = session.get("number").await.map_err(internal)?;
                Ok(number.unwrap_or_default().to_string())
            }

            fn internal(_: Error) -> StatusCode {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    };
}

work!(newest, tower_sessions);
work!(of_the_store, tower_sessions_of_the_store);
