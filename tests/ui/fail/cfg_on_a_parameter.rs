use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(#[cfg(unix)] sku: actix_web::web::Path<String>) -> String {
    session.name().to_owned() + &sku
}

fn main() {}
