use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(text: &mut String) -> String {
    text.clone()
}

fn main() {}
