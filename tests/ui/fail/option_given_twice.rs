use sessions_runtime::with_sessions;

#[with_sessions(path = "/", secure, path = "/shop")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
