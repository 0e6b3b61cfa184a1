use sessions_runtime::with_sessions;

#[with_sessions(idle_timeout = "0m")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
