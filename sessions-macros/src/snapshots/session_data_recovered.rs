const _: () = {
    use ::sessions_runtime::__private as __sessions;
    impl<T: Clone> __sessions::Defined for Cart<T>
    where
        Self: 'static,
    {
        const DATA: &'static __sessions::Data = &__sessions::Data {
            name: "cart",
            ..__sessions::Data::NONE
        };
        const CODEC: __sessions::Codec<Self> = loop {};
    }
};
::core::compile_error! {
    "`#[session]` has no option `bakend`; did you mean `backend`?"
}
::core::compile_error! {
    "a session has one definition, so its type cannot be generic; derive `SessionData` on a type that names its parameters, such as `struct MyCart(Cart<..>)`"
}
