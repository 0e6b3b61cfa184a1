use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(number: u32) -> String {
    number.to_string()
}

fn main() {}
