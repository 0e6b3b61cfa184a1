use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "session_store", backend = "redis")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
