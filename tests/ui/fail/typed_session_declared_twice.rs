use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
#[session(Cart)]
#[session(Cart, ident = basket)]
async fn handler() -> String {
    format!("{} {}", cart.note, basket.note)
}

fn main() {}
