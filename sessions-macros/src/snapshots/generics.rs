#[allow(clippy::future_not_send)]
fn handler<T: Clone, const N: usize>(
    parts: ::renamed::__private::Parts,
) -> impl ::core::future::Future<Output = ::renamed::__private::HttpResponse>
where
    T: DeserializeOwned + 'static,
{
    #[allow(unused_imports)]
    use ::renamed::__private::{
        in_the_handler_only as session_store, in_the_handler_only as session,
    };
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
        const __SESSIONS_0: __sessions::Shared<Session> = __sessions::shared::<
            Session,
        >(0usize);
        static __SESSIONS_BACKEND_0: &__sessions::BackendName = &crate::AUDIT;
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
                    backend: ::core::option::Option::Some(__SESSIONS_BACKEND_0),
                    load: true,
                    line: ::core::line!(),
                    ..__sessions::Use::NONE
                }
                    .in_place(__SESSIONS_0.binds()),
            ],
            store: false,
            save_always: false,
        };
        __sessions::Call::new(
                (
                    __sessions::Probe::<web::Json<T>>::NEW.what::<web::Json<T>>(),
                    __SESSIONS_0,
                    __sessions::Store,
                ),
                handler::<T, N>,
            )
            .run(parts, __SESSIONS_PLAN)
    }
}
