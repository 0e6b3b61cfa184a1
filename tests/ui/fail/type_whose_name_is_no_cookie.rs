use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Körbe {
    note: String,
}

fn main() {}
