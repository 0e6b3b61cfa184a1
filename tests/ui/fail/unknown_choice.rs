use sessions_runtime::with_sessions;

#[with_sessions(on_outage = "ignore")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
