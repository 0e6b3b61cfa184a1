use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart", backend = "memory")]
#[session(name = "cart", backend = "memory")]
mod shop {
    use actix_web::get;

    #[get("/")]
    pub(super) async fn show() -> String {
        session.name().to_owned() + cart.name()
    }

    #[get("/more")]
    pub(super) async fn show_more(cart: &sessions_runtime::Session) -> String {
        session.name().to_owned() + cart.name()
    }
}

fn main() {}
