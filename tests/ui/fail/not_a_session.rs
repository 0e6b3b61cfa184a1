use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(name: &String) -> String {
    name.clone()
}

fn main() {}
