use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
#[session(idle_timeout = "30m", Cart)]
async fn handler() -> String {
    "none".to_owned()
}

fn main() {}
