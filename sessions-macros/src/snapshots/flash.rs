#[automatically_derived]
impl ::sessions_runtime::Flash for Notice {
    const QUEUE: &'static str = "shop";
    fn level(&self) -> ::sessions_runtime::Level {
        match self {
            Self::Added { .. } | Self::Gone { .. } => ::sessions_runtime::Level::Success,
            Self::Numbered { .. } => ::sessions_runtime::Level::Warning,
            Self::SoldOut { .. } => {
                ::sessions_runtime::Level::Other(::std::string::String::from("party"))
            }
        }
    }
    fn text(&self) -> ::std::string::String {
        ::sessions_runtime::__private::shown(self)
    }
}
#[automatically_derived]
impl ::core::fmt::Display for Notice {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Added { count: __sessions_value0, sku: __sessions_value1, .. } => {
                ::core::write!(
                    f, "Added {count:>3} x {sku} {{new}}", count = __sessions_value0, sku
                    = __sessions_value1
                )
            }
            Self::Numbered { 1: __sessions_value0, 0: __sessions_value1, .. } => {
                ::core::write!(
                    f, "{field0}{field1:>field0$}", field0 = __sessions_value0, field1 =
                    __sessions_value1
                )
            }
            Self::SoldOut { .. } => f.write_str("{sold out}"),
            Self::Gone { .. } => f.write_str("gone"),
        }
    }
}
