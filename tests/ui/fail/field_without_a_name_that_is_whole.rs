use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart(#[session(whole)] String, u32);

fn main() {}
