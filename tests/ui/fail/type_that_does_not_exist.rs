use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler(sku: Path<String>) -> String {
    sku.into_inner()
}

fn main() {}
