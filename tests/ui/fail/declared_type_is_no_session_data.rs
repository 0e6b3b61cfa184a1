use sessions_runtime::with_sessions;

struct Cart {
    note: String,
}

#[with_sessions]
#[session(Cart)]
async fn handler() -> String {
    cart.note.clone()
}

fn main() {}
