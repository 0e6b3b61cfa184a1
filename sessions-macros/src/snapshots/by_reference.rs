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
        const __SESSIONS_0: __sessions::Param<Session> = __sessions::shared::<
            Session,
        >(0usize);
        const __SESSIONS_1: __sessions::Param<Session> = __sessions::shared::<
            Session,
        >(2usize);
        const __SESSIONS_2: __sessions::Param<Session> = __sessions::shared::<
            Session,
        >(1usize);
        const __SESSIONS_3: __sessions::Param<Session> = __sessions::shared::<
            Session,
        >(3usize);
        const __SESSIONS_4: __sessions::Param<SessionStore> = __sessions::shared::<
            SessionStore,
        >(0usize);
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
                    backend: ::core::option::Option::Some(&__sessions::role::MEMORY),
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .in_place(__SESSIONS_0.binds),
                __sessions::Use {
                    name: ::core::option::Option::Some("prefs"),
                    backend: ::core::option::Option::Some(&__sessions::role::REDIS),
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_2.binds),
                __sessions::Use {
                    name: ::core::option::Option::Some("cart-x"),
                    backend: ::core::option::Option::Some(&__sessions::role::DATASTORE),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_1.binds),
                __sessions::Use {
                    name: ::core::option::Option::Some("guest"),
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .by_type(__SESSIONS_3.binds),
            ],
            store: true,
            save_always: false,
        };
        const _: () = __sessions::distinct(__SESSIONS_PLAN.sessions);
        __sessions::extractor::<web::Path<String>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (__sessions::Probe::<web::Path<String>>::NEW.what(),),
                (__SESSIONS_0, __SESSIONS_1, __SESSIONS_2, __SESSIONS_3, __SESSIONS_4),
                async |
                    (arg0,): (_,),
                    (ref0, ref1, ref2, ref3, ref4): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler(
                                ref0.bind(),
                                <_ as __sessions::Given<web::Path<String>>>::given(arg0),
                                ref1.bind(),
                                ref2.bind(),
                                ref3.bind(),
                                ref4.bind(),
                                scope.store(),
                            )
                            .await,
                        request,
                    )
                },
            )
            .await
    }
}
