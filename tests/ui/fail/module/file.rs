use sessions_runtime::with_sessions;

#[with_sessions]
#[path = "../../files/shop.rs"]
mod shop;

fn main() {}
