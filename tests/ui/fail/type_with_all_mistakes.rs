use sessions_runtime::{SessionData, with_sessions};

#[derive(SessionData)]
#[session(naem = "cart", backend = "redsi", idle_timeout = "soon", secure = false, same_site = "none")]
struct Cart {
    #[session(hole)]
    note: String,
}

#[with_sessions]
#[session(Cart)]
async fn handler() -> String {
    cart.note.clone()
}

fn main() {}
