use sessions_runtime::with_sessions;

#[with_sessions(crate = "sessions_runtime")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
