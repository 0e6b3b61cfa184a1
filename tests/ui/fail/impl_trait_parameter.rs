use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(request: impl actix_web::FromRequest) -> String {
    drop(request);
    session.name().to_owned()
}

fn main() {}
