use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart-x", backend = "redis")]
#[session(name = "cart_x", backend = "redis")]
async fn handler() -> String {
    cart_x.name().to_owned()
}

fn main() {}
