use actix_web::web;
use sessions_runtime::with_sessions;

#[derive(serde::Deserialize)]
struct Filter {
    cart: String,
}

#[with_sessions]
#[session(name = "cart", backend = "redis")]
async fn handler(web::Query(Filter { cart }): web::Query<Filter>) -> String {
    cart
}

fn main() {}
