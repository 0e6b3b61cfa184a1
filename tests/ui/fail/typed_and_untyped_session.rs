use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
#[session(name = "cart", ident = untyped)]
async fn handler(cart: &mut Cart) -> String {
    format!("{} {}", untyped.len(), cart.note)
}

fn main() {}
