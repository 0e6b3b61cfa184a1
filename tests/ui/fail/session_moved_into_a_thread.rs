use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    let _ = actix_web::web::block(move || session.clear()).await;
    String::new()
}

fn main() {}
