use serde::{Deserialize, Serialize};
use sessions_runtime::Flash;

#[derive(Flash, Serialize, Deserialize)]
#[flash(text = "Added {sku}")]
struct Notice<'a> {
    sku: std::borrow::Cow<'a, str>,
}

async fn added(session: &sessions_runtime::Session, notice: Notice<'static>) {
    session.add_flash(notice).unwrap();
}

fn main() {}
