use sessions_runtime::with_sessions;

#[with_sessions(default = AUDIT)]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
