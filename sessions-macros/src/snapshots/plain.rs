/// Counts visits.
#[get("/")]
#[allow(clippy::future_not_send)]
pub async fn index(
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
    async fn index(
        name: web::Path<String>,
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> impl Responder {
        session.insert("n", 1);
        name.into_inner()
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
            handler: "index",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            sessions: &[
                __sessions::Use {
                    backend: ::core::option::Option::Some(
                        &__sessions::role::SECURECOOKIE,
                    ),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
            ],
            store: false,
            save_always: false,
        };
        __sessions::extractor::<web::Path<String>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (__sessions::Probe::<web::Path<String>>::NEW.what(),),
                (),
                async |
                    (arg0,): (_,),
                    (): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        index(
                                <_ as __sessions::Given<web::Path<String>>>::given(arg0),
                                scope.session(0usize),
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
