//! Which contenders there are, and what each one's application is.

use std::net;
use std::sync::Arc;

use axum::Router;
use bench_harness::{Gate, Program, Work};
use tokio::net::TcpListener;
use tower_sessions::{MemoryStore, SessionManagerLayer};
use tower_sessions_of_the_store::SessionManagerLayer as LayerOfTheStore;

use crate::in_process::InProcess;
use crate::sqlite::{self, Synchronous};
use crate::{bare, storm, work};

/// The contenders on axum, by name: `axum` (the handler without sessions), `tower-memory`, `tower-sqlite`.
#[derive(Clone, Copy, Debug)]
pub struct Tower;

impl Program for Tower {
    type App = InProcess;

    fn bare(&self) -> &'static str {
        "axum"
    }

    async fn app(&self, contender: &str, work: Work) -> InProcess {
        InProcess::new(router(contender, work).await, work).await
    }

    async fn serve(&self, contender: &str, work: Work, listener: net::TcpListener) {
        serve(router(contender, work).await, listener).await;
    }

    async fn storm(&self, contender: &str, listener: net::TcpListener) {
        let gate = Arc::new(Gate::new());
        let router = match contender {
            "tower-memory" => storm::newest::router(Arc::clone(&gate)).layer(memory()),
            "tower-sqlite" => storm::of_the_store::router(Arc::clone(&gate)).layer(sqlite().await),
            _ => panic!("no such contender: {contender}"),
        };
        serve(router.merge(storm::gate(gate)), listener).await;
    }
}

async fn router(contender: &str, work: Work) -> Router {
    match contender {
        "axum" => bare::router(),
        "tower-memory" => work::newest::router(work).layer(memory()),
        "tower-sqlite" => work::of_the_store::router(work).layer(sqlite().await),
        _ => panic!("no such contender: {contender}"),
    }
}

fn memory() -> SessionManagerLayer<MemoryStore> {
    SessionManagerLayer::new(MemoryStore::default())
}

async fn sqlite() -> LayerOfTheStore<tower_sessions_sqlx_store::SqliteStore> {
    LayerOfTheStore::new(sqlite::pool(Synchronous::Full).await)
}

async fn serve(router: Router, listener: net::TcpListener) {
    listener.set_nonblocking(true).expect("a listener");
    let listener = TcpListener::from_std(listener).expect("a listener");
    axum::serve(listener, router).await.expect("a server that runs");
}
