use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
enum Notice {
    #[flash = "success"]
    Saved,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
