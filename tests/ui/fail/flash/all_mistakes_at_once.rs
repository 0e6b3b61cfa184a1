use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
#[flash(queue = "", levle = "warn", crate = sessions_runtime)]
enum Notice {
    #[flash(level = "sucess", text = "Added {skuu} and {cuont}")]
    Added { sku: String, count: u32 },
    #[flash(txt = "Sold {1}")]
    SoldOut(#[flash(text = "x")] String),
    Ended,
}

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
