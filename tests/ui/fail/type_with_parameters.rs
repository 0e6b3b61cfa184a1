use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart<T> {
    items: Vec<T>,
}

fn main() {}
