#[allow(dead_code, non_upper_case_globals)]
static __SESSIONS_BACKEND_shop_0: &::sessions_runtime::__private::BackendName = &AUDIT;
#[allow(dead_code, non_upper_case_globals)]
static __SESSIONS_BACKEND_shop_1: &::sessions_runtime::__private::BackendName = &backends::ARCHIVE;
pub mod shop {
    use actix_web::get;
    #[::sessions_runtime::with_sessions(
        default = super::__SESSIONS_BACKEND_shop_0,
        same_site = "strict"
    )]
    #[session(name = "cart", backend = "datastore", lock)]
    #[session(name = "trail", backend = super::__SESSIONS_BACKEND_shop_1)]
    /// Shows the cart.
    #[get("/cart")]
    pub async fn show() -> String {
        cart.name()
    }
    #[::sessions_runtime::with_sessions(
        default = super::__SESSIONS_BACKEND_shop_0,
        same_site = "strict"
    )]
    #[session(name = "trail", backend = super::__SESSIONS_BACKEND_shop_1)]
    #[session(name = "cart", backend = "memory")]
    #[actix_web::post("/cart")]
    async fn add() -> String {
        cart.name()
    }
    #[get("/own")]
    #[with_sessions]
    async fn own() -> String {
        session.name()
    }
    #[cfg_attr(
        not(feature = "own"),
        ::sessions_runtime::with_sessions(
            default = super::__SESSIONS_BACKEND_shop_0,
            same_site = "strict"
        ),
        session(name = "cart", backend = "datastore", lock),
        session(name = "trail", backend = super::__SESSIONS_BACKEND_shop_1)
    )]
    #[cfg_attr(feature = "own", with_sessions(default = "memory"))]
    #[get("/condition")]
    async fn condition() -> String {
        session.name()
    }
    async fn helper() {}
    #[get]
    struct NoHandler;
}
