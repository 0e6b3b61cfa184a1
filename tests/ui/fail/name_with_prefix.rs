use sessions_runtime::with_sessions;

#[with_sessions(name = "__Host-session")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
