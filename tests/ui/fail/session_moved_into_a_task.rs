use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    actix_web::rt::spawn(async move { session.clear() });
    String::new()
}

fn main() {}
