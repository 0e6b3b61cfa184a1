use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
enum Notice {
    #[flash(text = "Added {sku")]
    Added { sku: String },
}

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
