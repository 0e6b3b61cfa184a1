use sessions_runtime::session;

#[session(name = "cart", backend = "redis")]
async fn handler() -> String {
    String::new()
}

fn main() {}
