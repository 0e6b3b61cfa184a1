use sessions_runtime::Flash;

#[derive(Flash, serde::Serialize)]
#[flash(text = "Added")]
struct Notice;

async fn added(session: &sessions_runtime::Session, notice: Notice) -> Vec<Notice> {
    session.add_flash(notice).unwrap();
    session.take_flashes_of().await.unwrap()
}

fn main() {}
