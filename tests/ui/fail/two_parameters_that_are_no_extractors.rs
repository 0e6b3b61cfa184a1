use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(number: u32, failure: std::fmt::Error) -> String {
    format!("{number} {failure}")
}

fn main() {}
