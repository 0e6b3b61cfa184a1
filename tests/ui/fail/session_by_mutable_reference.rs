use sessions_runtime::{Session, with_sessions};

#[with_sessions]
async fn handler(cart: &mut Session) -> String {
    cart.name().to_owned()
}

fn main() {}
