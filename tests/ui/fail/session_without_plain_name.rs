use sessions_runtime::{Session, with_sessions};

#[with_sessions]
async fn handler(_: &Session) -> String {
    session.name().to_owned()
}

fn main() {}
