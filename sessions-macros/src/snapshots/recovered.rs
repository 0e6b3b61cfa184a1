#[get("/")]
#[allow(clippy::future_not_send)]
pub async fn handler(
    parts: ::sessions_runtime::__private::Parts,
) -> ::sessions_runtime::__private::HttpResponse {
    #[allow(unused_imports)]
    use ::sessions_runtime::__private::in_the_handler_only as session_store;
    #[allow(
        clippy::too_many_arguments,
        clippy::unused_async,
        dead_code,
        impl_trait_overcaptures
    )]
    async fn handler(
        session: web::Json<u32>,
        sku: web::Path<String>,
        #[allow(unused_variables)]
        session_store: &::sessions_runtime::SessionStore,
    ) -> impl ::core::marker::Sized {
        cart.insert(&sku, 1)
    }
    ::core::compile_error! {
        "unknown session backend `securecooki`; did you mean `securecookie`?\nbuilt in: securecookie, datastore, memcache, redis, memory; an application's own backend is named by the path of its `BackendName`"
    }
    ::core::compile_error! {
        "a handler is an `async fn`; write `async` in front of `fn`"
    }
    ::core::compile_error! {
        "a handler cannot be `unsafe`; move the unsafe part into a function that it calls"
    }
    ::core::compile_error! {
        "a handler needs a return type, such as `-> impl Responder`"
    }
    ::core::compile_error! {
        "a handler's parameter cannot depend on `cfg`; write one handler for each case"
    }
    ::core::compile_error! {
        "`session` is bound by `#[with_sessions]`; rename this parameter"
    }
    loop {}
}
