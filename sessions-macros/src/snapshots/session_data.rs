const _: () = {
    use ::sessions_runtime::__private as __sessions;
    impl __sessions::Defined for Cart {
        const DATA: &'static __sessions::Data = &__sessions::Data {
            name: "cart",
            type_name: "Cart",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            backend: ::core::option::Option::Some(&__sessions::role::DATASTORE),
            options: __sessions::Options {
                idle_timeout: ::core::option::Option::Some(1800u64),
                lock: ::core::option::Option::Some(true),
                ..__sessions::Options::NONE
            },
            whole: &["seenSkus"],
            ..__sessions::Data::NONE
        };
        const CODEC: __sessions::Codec<Self> = __sessions::codec::<Cart>();
    }
    #[cfg_attr(
        not(miri),
        ::sessions_runtime::__private::linkme::distributed_slice(
            ::sessions_runtime::__private::TYPES
        ),
        linkme(crate = ::sessions_runtime::__private::linkme)
    )]
    static __SESSIONS_DATA: &__sessions::Data = <Cart as __sessions::Defined>::DATA;
};
