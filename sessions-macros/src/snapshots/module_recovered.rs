mod shop {
    #[::sessions_runtime::with_sessions(__sessions_reported 1 default = "redsi")]
    #[session(name = "cart")]
    #[get("/cart")]
    async fn show() -> String {
        cart.name()
    }
}
::core::compile_error! {
    "unknown session backend `redsi`; did you mean `redis`?\nbuilt in: securecookie, datastore, memcache, redis, memory; an application's own backend is named by the path of its `BackendName`"
}
