use sessions_runtime::with_sessions;

#[with_sessions(default = "redsi")]
async fn handler() -> String {
    let count: u32 = "one";
    session.name().to_owned()
}

fn main() {}
