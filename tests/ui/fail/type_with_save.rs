use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(save = "always")]
struct Cart {
    note: String,
}

fn main() {}
