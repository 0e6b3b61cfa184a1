use sessions_runtime::with_sessions;

#[with_sessions(default = "securecooki", same_site = "Lax", idle_timeout = "soon")]
#[session(name = "my cart", backend = "redis")]
#[session(name = "prefs", bakend = "redis")]
#[session(name = "prefs", backend = "redis", path = "shop")]
unsafe fn handler(session_store: actix_web::web::Path<String>) -> String {
    session.name().to_owned() + prefs.name() + my_cart.name() + &session_store
}

fn main() {}
