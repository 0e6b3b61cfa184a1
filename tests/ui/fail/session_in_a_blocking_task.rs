use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    actix_web::web::block(|| session.name().to_owned()).await.unwrap_or_default()
}

fn main() {}
