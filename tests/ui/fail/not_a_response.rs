use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> i32 {
    1
}

fn main() {}
