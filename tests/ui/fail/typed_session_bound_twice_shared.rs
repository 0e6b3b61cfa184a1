use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

type Basket = Cart;

#[with_sessions]
async fn handler(cart: &Cart, basket: &Basket) -> String {
    format!("{} {}", cart.note, basket.note)
}

fn main() {}
