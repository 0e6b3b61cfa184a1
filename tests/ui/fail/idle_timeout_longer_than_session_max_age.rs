use sessions_runtime::with_sessions;

#[with_sessions(session_max_age = "12h", idle_timeout = "1d")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
