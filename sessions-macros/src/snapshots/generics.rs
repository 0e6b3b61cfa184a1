#[allow(clippy::future_not_send)]
async fn handler<T: Clone, const N: usize>(
    parts: ::renamed::__private::Parts,
) -> ::renamed::__private::HttpResponse
where
    T: DeserializeOwned + 'static,
{
    #[allow(dead_code, non_snake_case)]
    fn session_store() {}
    #[allow(dead_code, non_snake_case)]
    fn session() {}
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler<'a, T: Clone, const N: usize>(
        value: web::Json<T>,
        session: &'a Session,
        #[allow(unused_variables)]
        session_store: &::renamed::SessionStore,
    ) -> impl Responder + use<'a, T, N>
    where
        T: DeserializeOwned + 'static,
    {
        session.name()
    }
    {
        use ::renamed::__private as __sessions;
        use __sessions::NoExtractor as _;
        const __SESSIONS_0: __sessions::Param<Session> = __sessions::shared::<
            Session,
        >(0usize);
        static __SESSIONS_BACKEND_0: &__sessions::BackendName = &crate::AUDIT;
        #[cfg_attr(
            not(miri),
            ::renamed::__private::linkme::distributed_slice(::renamed::__private::PLANS),
            linkme(crate = ::renamed::__private::linkme)
        )]
        static __SESSIONS_PLAN: &__sessions::Plan = &__sessions::Plan {
            handler: "handler",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            sessions: &[
                __sessions::Use {
                    backend: ::core::option::Option::Some(__SESSIONS_BACKEND_0),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .in_place(__SESSIONS_0.binds),
            ],
            store: false,
            save_always: false,
        };
        __sessions::extractor::<web::Json<T>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (__sessions::Probe::<web::Json<T>>::NEW.what(),),
                (__SESSIONS_0,),
                async |
                    (arg0,): (_,),
                    (ref0,): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler::<
                            T,
                            N,
                        >(
                                <_ as __sessions::Given<web::Json<T>>>::given(arg0),
                                ref0.bind(),
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
