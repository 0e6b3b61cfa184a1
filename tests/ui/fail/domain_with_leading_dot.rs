use sessions_runtime::with_sessions;

#[with_sessions(domain = ".example.org")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
