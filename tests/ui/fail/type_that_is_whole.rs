use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(whole)]
struct Cart {
    note: String,
}

fn main() {}
