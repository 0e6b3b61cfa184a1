use sessions_runtime::with_sessions;

#[with_sessions(session_max_age = "401d")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
