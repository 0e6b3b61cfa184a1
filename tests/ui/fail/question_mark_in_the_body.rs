use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    session.insert("count", 1)?;
    String::new()
}

fn main() {}
