use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart", backend = "securecookie", conflict = "reject")]
async fn handler() -> String {
    cart.name().to_owned()
}

fn main() {}
