#[allow(clippy::future_not_send)]
async fn handler<'a, T: DeserializeOwned + 'a>(
    parts: ::sessions_runtime::__private::Parts,
) -> ::sessions_runtime::__private::HttpResponse {
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
    async fn handler<'a, T: DeserializeOwned + 'a>(
        value: web::Json<T>,
        #[allow(unused_variables)]
        session: &::sessions_runtime::Session,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> String {
        session.name()
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
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                },
            ],
            store: false,
            save_always: false,
        };
        let args = (
            __sessions::Probe::<web::Json<T>>::NEW.what::<web::Json<T>>(),
            __sessions::Slot(0usize),
            __sessions::Store,
        );
        let handler = __sessions::closure(
            &args,
            async |(arg0, arg1, arg2), request| {
                __sessions::respond(handler::<T>(arg0, arg1, arg2).await, request)
            },
        );
        __sessions::Call::new(args, handler).run(parts, __SESSIONS_PLAN).await
    }
}
