use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(#[session(name = "cart")] sku: actix_web::web::Path<String>) -> String {
    sku.into_inner()
}

fn main() {}
