#[allow(clippy::future_not_send)]
fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> impl ::core::future::Future<Output = ::sessions_runtime::__private::HttpResponse> {
    #[allow(unused_imports)]
    use ::sessions_runtime::__private::{
        in_the_handler_only as session, in_the_handler_only as cart_x,
        in_the_handler_only as prefs, in_the_handler_only as session_store,
    };
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler(
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        cart_x: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        prefs: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> HttpResponse {
        format!("{cart_x}");
        HttpResponse::Ok().finish()
    }
    {
        use ::sessions_runtime::__private as __sessions;
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
                    backend: ::core::option::Option::Some(
                        &__sessions::role::SECURECOOKIE,
                    ),
                    options: __sessions::Options {
                        same_site: ::core::option::Option::Some(
                            __sessions::SameSite::Strict,
                        ),
                        secure: ::core::option::Option::Some(true),
                        ..__sessions::Options::NONE
                    },
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
                __sessions::Use {
                    name: ::core::option::Option::Some("cart-x"),
                    backend: ::core::option::Option::Some(&__sessions::role::DATASTORE),
                    load: true,
                    options: __sessions::Options {
                        idle_timeout: ::core::option::Option::Some(1800u64),
                        conflict: ::core::option::Option::Some(
                            __sessions::ConflictRule::Reject,
                        ),
                        lock: ::core::option::Option::Some(true),
                        ..__sessions::Options::NONE
                    },
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
                __sessions::Use {
                    name: ::core::option::Option::Some("prefs"),
                    options: __sessions::Options {
                        path: ::core::option::Option::Some("/shop"),
                        ..__sessions::Options::NONE
                    },
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
            ],
            store: false,
            save_always: true,
        };
        __sessions::Call::new(
                (
                    __sessions::Slot(0usize),
                    __sessions::Slot(1usize),
                    __sessions::Slot(2usize),
                    __sessions::Store,
                ),
                handler,
            )
            .run(parts, __SESSIONS_PLAN)
    }
}
