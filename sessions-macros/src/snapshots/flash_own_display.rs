#[automatically_derived]
impl ::sessions_runtime::Flash for Notice {
    const QUEUE: &'static str = "notice";
    fn text(&self) -> ::std::string::String {
        ::sessions_runtime::__private::shown(self)
    }
}
