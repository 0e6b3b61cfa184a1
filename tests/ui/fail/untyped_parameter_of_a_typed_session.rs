use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

use sessions_runtime::Session;

#[with_sessions]
#[session(Cart)]
async fn handler(cart: &Session) -> String {
    cart.name().to_owned()
}

fn main() {}
