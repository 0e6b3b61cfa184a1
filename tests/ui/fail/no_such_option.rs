use sessions_runtime::with_sessions;

#[with_sessions(timeout = "30m")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
