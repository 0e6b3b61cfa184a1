use sessions_runtime::with_sessions;

#[with_sessions(same_site = "Lax")]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
