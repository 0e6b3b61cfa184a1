use sessions_runtime::with_sessions;

#[with_sessions(secure = "yes")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
