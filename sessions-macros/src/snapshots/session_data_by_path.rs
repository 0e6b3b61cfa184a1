const _: () = {
    use ::renamed::__private as __sessions;
    static __SESSIONS_BACKEND: &__sessions::BackendName = &crate::AUDIT;
    impl __sessions::Defined for LastStep {
        const DATA: &'static __sessions::Data = &__sessions::Data {
            name: "last_step",
            type_name: "LastStep",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            backend: ::core::option::Option::Some(__SESSIONS_BACKEND),
            ..__sessions::Data::NONE
        };
        const CODEC: __sessions::Codec<Self> = __sessions::codec::<LastStep>();
    }
    #[cfg_attr(
        not(miri),
        ::renamed::__private::linkme::distributed_slice(::renamed::__private::TYPES),
        linkme(crate = ::renamed::__private::linkme)
    )]
    static __SESSIONS_DATA: &__sessions::Data = <LastStep as __sessions::Defined>::DATA;
};
