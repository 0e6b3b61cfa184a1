use sessions_runtime::with_sessions;

struct Shop;

impl Shop {
    #[with_sessions]
    async fn handler(&self) -> String {
        session.name().to_owned()
    }
}

fn main() {}
