use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    #[session(backend = "memory")]
    note: String,
}

fn main() {}
