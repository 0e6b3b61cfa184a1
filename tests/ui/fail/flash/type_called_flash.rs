use serde::{Deserialize, Serialize};

#[derive(sessions_runtime::Flash, Serialize, Deserialize)]
#[flash(text = "Saved")]
struct Flash;

fn main() {}
