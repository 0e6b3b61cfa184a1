use sessions_runtime::with_sessions;

#[with_sessions(secure = false, partitioned)]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
