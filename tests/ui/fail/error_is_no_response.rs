use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> Result<&'static str, std::fmt::Error> {
    Ok(session.name()).map(|_| "")
}

fn main() {}
