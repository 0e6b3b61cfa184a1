use sessions_runtime::with_sessions;

#[with_sessions(same_site = "none", secure = false)]
async fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
