use sessions_runtime::with_sessions;

struct Order;

#[with_sessions]
async fn handler(order: actix_web::web::Json<Order>) -> &'static str {
    drop(order);
    "ordered"
}

fn main() {}
