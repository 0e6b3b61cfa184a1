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
        p0: web::Data<u32>,
        p1: web::Data<u32>,
        p2: web::Data<u32>,
        p3: web::Data<u32>,
        p4: web::Data<u32>,
        p5: web::Data<u32>,
        p6: web::Data<u32>,
        p7: web::Data<u32>,
        p8: web::Data<u32>,
        p9: web::Data<u32>,
        p10: web::Data<u32>,
        p11: web::Data<u32>,
        p12: web::Data<u32>,
        p13: web::Data<u32>,
        p14: web::Data<u32>,
        p15: web::Data<u32>,
        p16: web::Data<u32>,
        p17: web::Data<u32>,
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> String {
        String::new()
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
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::extractor::<web::Data<u32>>();
        __sessions::run(
                parts,
                __SESSIONS_PLAN,
                (
                    (
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                    ),
                    (
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what(),
                    ),
                ),
                (),
                async |
                    (
                        (
                            arg0,
                            arg1,
                            arg2,
                            arg3,
                            arg4,
                            arg5,
                            arg6,
                            arg7,
                            arg8,
                            arg9,
                            arg10,
                            arg11,
                            arg12,
                            arg13,
                            arg14,
                            arg15,
                        ),
                        (arg16, arg17),
                    ): ((_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _), (_, _)),
                    (): &mut _,
                    scope: &__sessions::Scope,
                    request: &__sessions::HttpRequest|
                {
                    __sessions::respond(
                        handler(
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg0),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg1),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg2),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg3),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg4),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg5),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg6),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg7),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg8),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg9),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg10),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg11),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg12),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg13),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg14),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg15),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg16),
                                <_ as __sessions::Given<web::Data<u32>>>::given(arg17),
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
