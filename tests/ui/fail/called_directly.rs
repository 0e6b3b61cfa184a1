use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    session.name().to_owned()
}

async fn caller() -> String {
    handler().await
}

fn main() {
    drop(caller());
}
