use sessions_runtime::with_sessions;

#[with_sessions]
#[session(name = "cart", backend = "memory")]
mod shop {
    use actix_web::get;

    #[get("/")]
    pub(super) fn show() -> String {
        session.name().to_owned() + cart.name()
    }

    #[get("/more")]
    pub(super) async fn show_more(session: actix_web::web::Path<String>) -> String {
        session.to_owned() + cart.name()
    }
}

fn main() {}
