async fn handler(
    &self,
    #[allow(unused_variables)]
    session: &::sessions_runtime::Session,
    #[allow(unused_variables)]
    session_store: &::sessions_runtime::SessionStore,
) -> String {
    session.name()
}
::core::compile_error! {
    "a handler cannot take `self`; keep shared state in `web::Data`"
}
