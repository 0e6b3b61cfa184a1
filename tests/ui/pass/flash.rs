//! What may be a flash message, and nothing that is derived raises a lint or is confused by the names around it.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    unused_lifetimes,
    variant_size_differences
)]
use serde::{Deserialize, Serialize};
use sessions_runtime::prelude::*;

/// Every shape of a variant.
#[derive(Flash, Serialize, Deserialize)]
#[allow(missing_debug_implementations)]
#[flash(queue = "shop", level = "warning")]
pub enum Notice {
    /// Named fields, not all of them shown.
    #[flash(level = "success", text = "Added {count:>3} x {sku:?} at {price:.digits$}")]
    Added {
        /// Shown.
        sku: String,
        /// Shown.
        count: u32,
        /// Shown.
        price: f64,
        /// The precision of another one.
        digits: usize,
        /// Not shown.
        secret: u8,
    },
    /// Numbers.
    #[flash(text = "{1} before {0:>2$}, {1:#06x}; {{0}}")]
    Numbered(String, u32, usize),
    /// A number that is not the first.
    #[flash(level(other = "party"), text = "{1}")]
    Second(u8, String),
    /// Nothing to show.
    #[flash(text = "sold out, {{really}}")]
    SoldOut,
    /// A raw literal and a raw name.
    #[flash(text = r#"a "{type}""#)]
    Raw {
        /// A keyword.
        r#type: String,
    },
    /// Two attributes, and a variant that should not be used.
    #[deprecated]
    #[flash(level = "success")]
    #[flash(text = "old")]
    Old,
}

/// A struct.
#[derive(Flash, Serialize, Deserialize, Debug)]
#[flash(text = "{0}", level = "error", crate = ::sessions_runtime)]
pub struct Failure(String);

/// One whose text comes from its own `Display`, and its queue from its name.
#[derive(Flash, Serialize, Deserialize, Debug)]
pub struct OwnDisplay;

impl std::fmt::Display for OwnDisplay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("own")
    }
}

/// Of a macro.
macro_rules! message {
    ($name:ident, $text:literal, $field:ident) => {
        /// Written by a macro.
        #[derive(Flash, Serialize, Deserialize, Debug)]
        #[flash(text = $text)]
        pub struct $name {
            /// Shown.
            $field: u8,
        }
    };
}
message!(FromMacro, "{left} left", left);

fn main() {
    let added = Notice::Added { sku: "tea".to_owned(), count: 2, price: 1.255, digits: 2, secret: 1 };
    if let Notice::Added { secret, .. } = &added {
        assert_eq!(*secret, 1);
    }
    assert_eq!(Notice::QUEUE, "shop");
    assert_eq!(added.to_string(), r#"Added   2 x "tea" at 1.25"#);
    assert_eq!(added.text(), added.to_string());
    assert_eq!(added.level(), Level::Success);
    let numbered = Notice::Numbered("tea".to_owned(), 10, 5);
    assert_eq!((numbered.level(), numbered.text()), (Level::Warning, "10 before   tea, 0x000a; {0}".to_owned()));
    let second = Notice::Second(1, "second".to_owned());
    assert_eq!((second.level().as_str(), second.text()), ("party", "second".to_owned()));
    assert_eq!(Notice::SoldOut.text(), "sold out, {really}");
    assert_eq!(Notice::Raw { r#type: "x".to_owned() }.text(), r#"a "x""#);
    #[allow(deprecated)]
    let old = Notice::Old;
    assert_eq!((old.level(), old.text()), (Level::Success, "old".to_owned()));
    let failure = Failure("full".to_owned());
    assert_eq!((Failure::QUEUE, failure.level(), failure.text()), ("failure", Level::Error, "full".to_owned()));
    assert_eq!((OwnDisplay::QUEUE, OwnDisplay.level(), OwnDisplay.text()), ("own_display", Level::Info, "own".to_owned()));
    assert_eq!(FromMacro { left: 3 }.to_string(), "3 left");
}
