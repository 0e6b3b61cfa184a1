use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "my cart", backend = "redis")]
async fn handler() -> String {
    my_cart.name().to_owned()
}

fn main() {}
