use sessions_runtime::with_sessions;

#[with_sessions(default = "redsi", lokc)]
#[session(name = "my cart", idle_timeout = "soon")]
#[session(backend = "memory")]
mod shop {
    use actix_web::get;

    #[get("/")]
    pub(super) fn show() -> String {
        session.name().to_owned() + my_cart.name()
    }

    #[session(name = "prefs", backend = "redsi")]
    #[get("/more")]
    pub(super) async fn show_more(session_store: actix_web::web::Path<String>) {
        let _ = session_store.to_owned() + my_cart.name() + prefs.name();
    }
}

fn main() {}
