#[allow(clippy::future_not_send)]
async fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> ::sessions_runtime::__private::HttpResponse {
    #[allow(dead_code, non_snake_case)]
    fn session() {}
    #[allow(dead_code, non_snake_case)]
    fn prefs() {}
    #[allow(dead_code, non_snake_case)]
    fn session_store() {}
    #[allow(dead_code, non_snake_case)]
    fn cart() {}
    #[allow(dead_code, non_snake_case)]
    fn old() {}
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler(
        sku: web::Path<String>,
        cart: &mut Cart,
        old: &Cart,
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        prefs: &mut Prefs,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> String {
        cart.items.insert(sku.into_inner(), prefs.count + old.count);
        String::new()
    }
    {
        use ::sessions_runtime::__private as __sessions;
        use __sessions::NoExtractor as _;
        const __SESSIONS_0: __sessions::Param<Cart> = __sessions::exclusive::<
            Cart,
        >(2usize);
        const __SESSIONS_1: __sessions::Param<Cart> = __sessions::shared::<Cart>(3usize);
        const __SESSIONS_2: __sessions::Param<Prefs> = __sessions::exclusive::<
            Prefs,
        >(1usize);
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
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
                __sessions::Use {
                    load: true,
                    options: __sessions::Options {
                        idle_timeout: ::core::option::Option::Some(3600u64),
                        ..__sessions::Options::NONE
                    },
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_2.binds),
                __sessions::Use {
                    name: ::core::option::Option::Some("cart"),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .by_type(__SESSIONS_0.binds),
                __sessions::Use {
                    name: ::core::option::Option::Some("old"),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_1.binds),
            ],
            store: false,
            save_always: false,
        };
        const _: () = __sessions::distinct(__SESSIONS_PLAN.sessions);
        __sessions::extractor::<web::Path<String>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (__sessions::Probe::<web::Path<String>>::NEW.what(),),
                (__SESSIONS_0, __SESSIONS_1, __SESSIONS_2),
                async |
                    (arg0,): (_,),
                    (ref0, ref1, ref2): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler(
                                <_ as __sessions::Given<web::Path<String>>>::given(arg0),
                                ref0.bind(),
                                ref1.bind(),
                                scope.session(0usize),
                                ref2.bind(),
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
