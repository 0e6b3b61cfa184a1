::core::compile_error! {
    "a flash message cannot be generic: its queue belongs to one type, which owns its data; name the types"
}
::core::compile_error! {
    "`Left` has no field `left`; it has `0`"
}
impl<T> ::sessions_runtime::Flash for Notice<T>
where
    Notice<T>: ::sessions_runtime::__private::FlashValue,
    T: Clone,
{
    const QUEUE: &'static str = "";
}
impl<T> ::core::fmt::Display for Notice<T>
where
    T: Clone,
{
    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::result::Result::Ok(())
    }
}
