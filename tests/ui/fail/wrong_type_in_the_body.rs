use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    let count: u32 = session.name();
    count.to_string()
}

fn main() {}
