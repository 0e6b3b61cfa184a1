use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    #[serde(flatten)]
    #[session(whole)]
    rest: BTreeMap<String, u32>,
}

fn main() {}
