//! SQLite, as tower-sessions-sqlx-store uses it.

use std::env;

use tower_sessions_sqlx_store::SqliteStore;
pub use tower_sessions_sqlx_store::sqlx::sqlite::SqliteSynchronous as Synchronous;
use tower_sessions_sqlx_store::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// A store on the file that `DATASTORE_FILE` names: WAL, and otherwise sqlx's own settings, ten connections among them.
pub async fn pool(synchronous: Synchronous) -> SqliteStore {
    let file = env::var("DATASTORE_FILE").expect("DATASTORE_FILE is not set; `tests/bench/run` sets it");
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    let store = SqliteStore::new(
        SqlitePoolOptions::new()
            .connect_with(options)
            .await
            .expect("a writable file"),
    );
    store.migrate().await.expect("a new file");
    store
}
