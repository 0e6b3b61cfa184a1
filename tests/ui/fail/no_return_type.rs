use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() {
    session.clear();
}

fn main() {}
