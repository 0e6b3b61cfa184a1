#[allow(clippy::future_not_send)]
fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> impl ::core::future::Future<Output = ::sessions_runtime::__private::HttpResponse> {
    #[allow(unused_imports)]
    use ::sessions_runtime::__private::{
        in_the_handler_only as session, in_the_handler_only as session_store,
    };
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler(
        (
            p0,
            p1,
            p2,
            p3,
            p4,
            p5,
            p6,
            p7,
            p8,
            p9,
            p10,
            p11,
            p12,
            p13,
            p14,
            p15,
        ): (
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
            web::Data<u32>,
        ),
        (p16, p17): (web::Data<u32>, web::Data<u32>),
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> String {
        String::new()
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
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
            ],
            store: false,
            save_always: false,
        };
        __sessions::Call::new(
                (
                    (
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what::<web::Data<u32>>(),
                    ),
                    (
                        __sessions::Probe::<web::Data<u32>>::NEW
                            .what::<web::Data<u32>>(),
                        __sessions::Probe::<web::Data<u32>>::NEW.what::<web::Data<u32>>(),
                    ),
                    __sessions::Slot(0usize),
                    __sessions::Store,
                ),
                handler,
            )
            .run(parts, __SESSIONS_PLAN)
    }
}
