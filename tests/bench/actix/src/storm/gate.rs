//! The gate that the handlers of a storm wait at.

use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Path, ServiceConfig};
use bench_harness::Gate;

pub(super) fn routes(config: &mut ServiceConfig, gate: Arc<Gate>) {
    config
        .app_data(Data::from(gate))
        .service(arrived)
        .service(open)
        .service(close);
}

#[get("/gate/arrived/{count}")]
async fn arrived(gate: Data<Gate>, count: Path<usize>) -> &'static str {
    gate.arrived(*count).await;
    "ok"
}

#[get("/gate/open")]
async fn open(gate: Data<Gate>) -> &'static str {
    gate.open();
    "ok"
}

#[get("/gate/close")]
async fn close(gate: Data<Gate>) -> &'static str {
    gate.close();
    "ok"
}
