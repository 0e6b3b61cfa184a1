use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(session: actix_web::web::Path<String>) -> String {
    session.into_inner()
}

fn main() {}
