#[allow(clippy::future_not_send)]
async fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> ::sessions_runtime::__private::HttpResponse {
    #[allow(dead_code, non_snake_case)]
    fn session_store() {}
    #[allow(dead_code, non_snake_case)]
    fn session() {}
    #[allow(dead_code, non_snake_case)]
    fn cart() {}
    #[allow(dead_code, non_snake_case)]
    fn prefs() {}
    #[allow(dead_code, non_snake_case)]
    fn _guest() {}
    #[allow(dead_code, non_snake_case)]
    fn store() {}
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler(
        session: &Session,
        sku: web::Path<String>,
        cart: &Session,
        prefs: &Session,
        _guest: &Session,
        store: &SessionStore,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> Redirect {
        cart.insert(&sku, 1)?;
        store.set_cookie("a", "b")
    }
    {
        use ::sessions_runtime::__private as __sessions;
        use __sessions::NoExtractor as _;
        #[cfg_attr(
            not(miri),
            ::sessions_runtime::__private::linkme::distributed_slice(
                ::sessions_runtime::__private::PLANS
            ),
            linkme(crate = ::sessions_runtime::__private::linkme)
        )]
        static __SESSIONS_PLAN: &__sessions::Plan = &__sessions::Plan {
            handler: "handler",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            sessions: &[
                __sessions::Use {
                    name: ::core::option::Option::None,
                    backend: ::core::option::Option::Some(&__sessions::role::MEMORY),
                    load: false,
                    options: __sessions::Options::NONE,
                    line: ::core::line!(),
                },
                __sessions::Use {
                    name: ::core::option::Option::Some("prefs"),
                    backend: ::core::option::Option::Some(&__sessions::role::REDIS),
                    load: false,
                    options: __sessions::Options::NONE,
                    line: ::core::line!(),
                },
                __sessions::Use {
                    name: ::core::option::Option::Some("cart-x"),
                    backend: ::core::option::Option::Some(&__sessions::role::DATASTORE),
                    load: true,
                    options: __sessions::Options::NONE,
                    line: ::core::line!(),
                },
                __sessions::Use {
                    name: ::core::option::Option::Some("guest"),
                    backend: ::core::option::Option::None,
                    load: false,
                    options: __sessions::Options::NONE,
                    line: ::core::line!(),
                },
            ],
            store: true,
            save_always: false,
        };
        __sessions::extractor::<web::Path<String>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (__sessions::Probe::<web::Path<String>>::NEW.what(),),
                async |
                    (arg0,): (_,),
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler(
                                <Session as __sessions::FromScope>::from_scope(
                                    scope,
                                    0usize,
                                ),
                                <_ as __sessions::Given<web::Path<String>>>::given(arg0),
                                <Session as __sessions::FromScope>::from_scope(
                                    scope,
                                    2usize,
                                ),
                                <Session as __sessions::FromScope>::from_scope(
                                    scope,
                                    1usize,
                                ),
                                <Session as __sessions::FromScope>::from_scope(
                                    scope,
                                    3usize,
                                ),
                                <SessionStore as __sessions::FromScope>::from_scope(
                                    scope,
                                    0usize,
                                ),
                                <::sessions_runtime::SessionStore as __sessions::FromScope>::from_scope(
                                    scope,
                                    0usize,
                                ),
                            )
                            .await,
                        request,
                    )
                },
            )
            .await
    }
}
