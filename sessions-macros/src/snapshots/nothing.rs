#[allow(clippy::future_not_send)]
async fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> ::sessions_runtime::__private::HttpResponse {
    #[allow(dead_code, non_snake_case)]
    fn session() {}
    #[allow(dead_code, non_snake_case)]
    fn session_store() {}
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
        session_store: &::sessions_runtime::SessionStore,
    ) -> &'static str {
        "hello"
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
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
            ],
            store: false,
            save_always: false,
        };
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (),
                (),
                async |
                    (): (),
                    (): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler(scope.session(0usize), scope.store()).await,
                        request,
                    )
                },
            )
            .await
    }
}
