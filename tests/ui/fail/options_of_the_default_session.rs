use sessions_runtime::{Session, with_sessions};

#[with_sessions]
async fn handler(#[session(backend = "redis")] session: &Session) -> String {
    session.name().to_owned()
}

fn main() {}
