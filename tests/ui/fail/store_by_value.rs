use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(session_store: sessions_runtime::SessionStore) -> String {
    format!("{session_store:?}")
}

fn main() {}
