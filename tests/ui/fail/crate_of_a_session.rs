use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart", crate = ::sessions_runtime)]
async fn handler() -> String {
    cart.name().to_owned()
}

fn main() {}
