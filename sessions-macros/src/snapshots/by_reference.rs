#[allow(clippy::future_not_send)]
fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> impl ::core::future::Future<Output = ::sessions_runtime::__private::HttpResponse> {
    #[allow(unused_imports)]
    use ::sessions_runtime::__private::{
        in_the_handler_only as session_store, in_the_handler_only as session,
        in_the_handler_only as cart, in_the_handler_only as prefs,
        in_the_handler_only as _guest, in_the_handler_only as store,
    };
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
        const __SESSIONS_0: __sessions::Shared<Session> = __sessions::shared::<
            Session,
        >(0usize);
        const __SESSIONS_1: __sessions::Shared<Session> = __sessions::shared::<
            Session,
        >(2usize);
        const __SESSIONS_2: __sessions::Shared<Session> = __sessions::shared::<
            Session,
        >(1usize);
        const __SESSIONS_3: __sessions::Shared<Session> = __sessions::shared::<
            Session,
        >(3usize);
        const __SESSIONS_4: __sessions::Shared<SessionStore> = __sessions::shared::<
            SessionStore,
        >(0usize);
        #[cfg_attr(
            not(miri),
            __sessions::linkme::distributed_slice(__sessions::PLANS),
            linkme(crate = __sessions::linkme)
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
                    .in_place(__SESSIONS_0.binds()),
                __sessions::Use {
                    name: ::core::option::Option::Some("prefs"),
                    backend: ::core::option::Option::Some(&__sessions::role::REDIS),
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_2.binds()),
                __sessions::Use {
                    name: ::core::option::Option::Some("cart-x"),
                    backend: ::core::option::Option::Some(&__sessions::role::DATASTORE),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_1.binds()),
                __sessions::Use {
                    name: ::core::option::Option::Some("guest"),
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .by_type(__SESSIONS_3.binds()),
            ],
            store: true,
            save_always: false,
        };
        const _: () = __sessions::distinct(__SESSIONS_PLAN.sessions);
        __sessions::Call::new(
                (
                    __SESSIONS_0,
                    __sessions::Probe::<web::Path<String>>::NEW
                        .what::<web::Path<String>>(),
                    __SESSIONS_1,
                    __SESSIONS_2,
                    __SESSIONS_3,
                    __SESSIONS_4,
                    __sessions::Store,
                ),
                handler,
            )
            .run(parts, __SESSIONS_PLAN)
    }
}
