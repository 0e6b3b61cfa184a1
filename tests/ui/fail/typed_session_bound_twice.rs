use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
async fn handler(cart: &mut Cart, basket: &Cart) -> String {
    format!("{} {}", cart.note, basket.note)
}

fn main() {}
