use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
#[session(name = "cart", backend = "datastroe")]
struct Cart {
    note: String,
}

fn main() {}
