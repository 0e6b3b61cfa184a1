#[allow(clippy::future_not_send)]
fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> impl ::core::future::Future<Output = ::sessions_runtime::__private::HttpResponse> {
    #[allow(unused_imports)]
    use ::sessions_runtime::__private::{
        in_the_handler_only as session, in_the_handler_only as prefs,
        in_the_handler_only as session_store, in_the_handler_only as cart,
        in_the_handler_only as old,
    };
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
        const __SESSIONS_0: __sessions::Exclusive<Cart> = __sessions::exclusive::<
            Cart,
        >(2usize);
        const __SESSIONS_1: __sessions::Shared<Cart> = __sessions::shared::<
            Cart,
        >(3usize);
        const __SESSIONS_2: __sessions::Exclusive<Prefs> = __sessions::exclusive::<
            Prefs,
        >(1usize);
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
                    .read_as(__SESSIONS_2.binds()),
                __sessions::Use {
                    name: ::core::option::Option::Some("cart"),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .by_type(__SESSIONS_0.binds()),
                __sessions::Use {
                    name: ::core::option::Option::Some("old"),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .read_as(__SESSIONS_1.binds()),
            ],
            store: false,
            save_always: false,
        };
        const _: () = __sessions::distinct(__SESSIONS_PLAN.sessions);
        __sessions::Call::new(
                (
                    __sessions::Probe::<web::Path<String>>::NEW
                        .what::<web::Path<String>>(),
                    __SESSIONS_0,
                    __SESSIONS_1,
                    __sessions::Slot(0usize),
                    __SESSIONS_2,
                    __sessions::Store,
                ),
                handler,
            )
            .run(parts, __SESSIONS_PLAN)
    }
}
