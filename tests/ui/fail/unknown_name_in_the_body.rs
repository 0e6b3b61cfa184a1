use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> String {
    sesion.name().to_owned()
}

fn main() {}
