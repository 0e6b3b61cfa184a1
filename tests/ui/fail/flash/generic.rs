use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
#[flash(text = "Added")]
struct Notice<T> {
    sku: T,
}

async fn added(session: &sessions_runtime::Session, notice: Notice<u8>) {
    session.add_flash(notice).unwrap();
}

fn main() {}
