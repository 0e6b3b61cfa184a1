use sessions_runtime::with_sessions;

#[with_sessions(= "securecookie")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
