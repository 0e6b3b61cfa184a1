//! Cookies on the wire: names, attributes, the `Cookie` header that comes in and the `Set-Cookie` lines that go out.

mod args;
mod attributes;
mod line;
mod name;
mod scan;

pub use self::args::{CookieArgs, SameSite};
pub(crate) use self::attributes::Attributes;
pub(crate) use self::line::{check_value, removal_line, write_line};
pub(crate) use self::name::{check_name, has_prefix};
pub(crate) use self::scan::values;
