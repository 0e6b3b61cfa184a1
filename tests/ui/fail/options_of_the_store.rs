use sessions_runtime::{SessionStore, with_sessions};

#[with_sessions]
async fn handler(#[session(backend = "redis")] session_store: &SessionStore) -> String {
    session.name().to_owned()
}

fn main() {}
