use sessions_runtime::with_sessions;

#[with_sessions(idle_timeout = "30")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
