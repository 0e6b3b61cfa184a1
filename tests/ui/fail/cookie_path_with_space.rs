use sessions_runtime::with_sessions;

#[with_sessions(path = "/my shop")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
