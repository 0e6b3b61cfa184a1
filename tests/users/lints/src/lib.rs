//! Handlers, a module of handlers and flash messages under every lint that a user may have.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    unused_crate_dependencies,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    variant_size_differences,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    non_ascii_idents,
    redundant_lifetimes,
    meta_variable_misuse,
    future_incompatible,
    nonstandard_style,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    keyword_idents,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::clone_on_ref_ptr,
    clippy::dbg_macro,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::exit,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::get_unwrap,
    clippy::if_then_some_else_none,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::map_err_ignore,
    clippy::mem_forget,
    clippy::multiple_inherent_impl,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::rc_buffer,
    clippy::redundant_type_annotations,
    clippy::rest_pat_in_fully_bound_structs,
    clippy::same_name_method,
    clippy::str_to_string,
    clippy::todo,
    clippy::undocumented_unsafe_blocks,
    clippy::unimplemented,
    clippy::unneeded_field_pattern,
    clippy::unreachable,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]
#![allow(
    clippy::multiple_crate_versions,
    reason = "two versions of a crate in the tree of actix-web are no matter of these macros"
)]

use actix_web::{HttpRequest, Responder, get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::prelude::*;
use sessions_runtime::{BackendName, session};

/// A backend of the application's own.
pub const AUDIT: BackendName = BackendName::new("audit");

/// Mentions nothing.
#[with_sessions]
#[session(name = "cart", backend = "memory")]
#[get("/unused")]
pub async fn unused() -> impl Responder {
    ""
}

/// Every way, and awaits nothing.
///
/// # Errors
///
/// Those of a session.
#[session(name = "trail-x", backend = AUDIT)]
#[with_sessions(default = "memory", save = "always", lock)]
pub async fn every_way(
    request: HttpRequest,
    number: web::Path<u32>,
    #[session(backend = "memory", idle_timeout = "30m")] cart: &Session,
    store: &SessionStore,
) -> Result<String, SessionError> {
    session.insert("number", number.into_inner())?;
    cart.insert("path", request.path())?;
    store.set_cookie("seen", "yes")?;
    Ok(trail_x.name().to_owned())
}

/// Generic, with unused sessions.
#[with_sessions]
pub async fn generic<T: Serialize + for<'de> Deserialize<'de> + 'static>(
    value: web::Json<T>,
    _cart: &Session,
) -> Result<impl Responder + use<T>, SessionError> {
    session.insert("value", value.into_inner())?;
    Ok("saved")
}

/// A place for handlers.
#[derive(Debug, Clone, Copy)]
pub struct Shop;

impl Shop {
    /// An associated function.
    #[with_sessions]
    pub async fn open() -> &'static str {
        session.clear();
        "open"
    }
}

/// A module of handlers.
#[with_sessions(default = AUDIT)]
#[session(name = "cart", backend = "memory")]
pub mod admin {
    use actix_web::get;

    /// Mentions one of them.
    #[get("/admin")]
    pub async fn index() -> String {
        cart.name().to_owned()
    }
}

/// Messages.
#[derive(Flash, Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Named fields.
    #[flash(level = "success", text = "Added {count:>3} x {sku}")]
    Added {
        /// Shown.
        sku: String,
        /// Shown.
        count: u32,
        /// Not shown.
        secret: u8,
    },
    /// Numbers.
    #[flash(level = "error", text = "{1} {0}")]
    Numbered(String, u8),
    /// The level of another one.
    #[flash(level = "success", text = "saved")]
    Saved,
    /// A level of its own.
    #[flash(level(other = "party"), text = "free")]
    Free,
}

/// A message with its own text.
#[derive(Flash, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[flash(level = "warning")]
pub struct LowStock {
    /// How many.
    pub left: u32,
}

impl std::fmt::Display for LowStock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "only {} left", self.left)
    }
}
