use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart", backend = "redis")]
#[session(name = "cart", backend = "redis")]
async fn handler() -> String {
    cart.name().to_owned()
}

fn main() {}
