use sessions_runtime::{SessionStore, with_sessions};

#[with_sessions]
async fn handler(#[session(backend = "redis")] session_store: &SessionStore) -> String {
    session_store.set_cookie("a", "b").map_or_else(|_| String::new(), |()| String::new())
}

fn main() {}
