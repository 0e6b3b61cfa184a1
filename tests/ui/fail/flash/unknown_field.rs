use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
enum Notice {
    #[flash(text = "Added {name}")]
    Added { sku: String, count: u32 },
}

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
