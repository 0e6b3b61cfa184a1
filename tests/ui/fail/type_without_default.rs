use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, SessionData)]
struct Cart {
    note: String,
}

fn main() {}
