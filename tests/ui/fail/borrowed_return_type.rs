use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> &str {
    session.name()
}

fn main() {}
