use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
#[session(Cart)]
async fn handler(cart: Cart) -> String {
    cart.note
}

fn main() {}
