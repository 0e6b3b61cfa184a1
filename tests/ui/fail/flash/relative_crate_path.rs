use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
#[flash(crate = sessions_runtime)]
enum Notice {
    #[flash(text = "Saved")]
    Saved,
}

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
