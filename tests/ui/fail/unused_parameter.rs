#![deny(unused_variables)]
use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(number: actix_web::web::Path<u32>) -> String {
    session.name().to_owned()
}

fn main() {
    let _ = handler;
}
