use sessions_runtime::{SessionData, with_sessions};

#[derive(SessionData)]
struct Cart {
    note: String,
}

#[with_sessions]
async fn handler(cart: &mut Cart) -> String {
    cart.note.clone()
}

fn main() {}
