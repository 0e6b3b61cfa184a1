use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(#[session(name = "cart-x")] #[session(backend = "memory")] cart: &sessions_runtime::Session) -> String {
    cart.name().to_owned()
}

fn main() {}
