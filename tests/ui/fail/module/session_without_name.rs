use sessions_runtime::with_sessions;

#[with_sessions]
#[session(backend = "memory")]
mod shop {
    use actix_web::get;

    #[get("/")]
    pub(super) async fn show() -> String {
        session.name().to_owned()
    }
}

fn main() {}
