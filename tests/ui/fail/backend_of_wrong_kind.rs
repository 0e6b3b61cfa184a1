use sessions_runtime::with_sessions;

#[with_sessions(default = 5)]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
