use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
async fn handler(#[session(Cart)] cart: &mut Cart) -> String {
    cart.note.clone()
}

fn main() {}
