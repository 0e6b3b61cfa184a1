#[cfg_attr(
    feature = "shop",
    ::sessions_runtime::session(name = "cart"),
    allow(dead_code)
)]
#[::sessions_runtime::with_sessions(default = "memory")]
#[get("/")]
async fn handler() -> String {
    String::new()
}
