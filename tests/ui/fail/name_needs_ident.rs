use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart.v2", backend = "redis")]
async fn handler() -> String {
    cart_v2.name().to_owned()
}

fn main() {}
