use sessions_runtime::with_sessions;

const AUDIT: &str = "audit";

#[with_sessions(default = AUDIT)]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
