//! Implementation detail of `sessions-runtime`, the crate of sessions for actix-web 4: its attribute macros.
//!
//! Depend on `sessions-runtime`, which re-exports them: the generated code calls it.

mod args;
mod arguments;
mod bind;
#[cfg(test)]
mod chapter;
mod conditional;
mod data;
mod debug;
mod diagnostics;
mod entry;
mod expand;
mod flash;
mod handler;
mod items;
mod leading;
mod mention;
mod module;
mod names;
mod options;
mod params;
mod path;
mod plan;
mod pretty;
mod recover;
mod register;
mod session;
mod signature;
#[cfg(test)]
mod snapshots;
mod whole;
mod with_sessions;

use proc_macro::TokenStream;

/// Gives an actix-web handler its sessions: loads them before it runs, and saves what it changed after.
///
/// ```text
/// #[with_sessions(default = "securecookie")]
/// #[session(name = "cart", backend = "datastore", idle_timeout = "30m")]
/// #[post("/cart/{sku}")]
/// async fn add_to_cart(sku: web::Path<String>) -> Result<impl Responder, SessionError> { .. }
/// ```
///
/// The body finds `session`, the default session; one binding for each `#[session]`; and `session_store`. All are shared
/// references. What the body does not mention is not loaded, and nothing warns about it. A name counts as mentioned
/// wherever it stands, also in closures, in macro calls and in texts such as `"{cart}"`.
///
/// # Parameters
///
/// A parameter of reference type is a session and never an extractor. `session: &Session` and
/// `session_store: &SessionStore` are what would be injected; `cart: &Session` is the session `cart`, whose options stand
/// in `#[session(..)]` on the parameter or above the handler, or in the application's configuration. An underscore in front
/// is no part of the name. `cart: &mut Cart` and `cart: &Cart` are the session that is defined on the type `Cart` by
/// `#[derive(SessionData)]`, whatever the parameter is called; `#[session(Cart)]` above the handler binds it as `cart`.
/// All other parameters are extractors, in any number.
///
/// # Options
///
/// ```text
/// option                          in               value
/// default                         with_sessions    backend of the default session
/// name                            both             cookie name; `#[session]` needs one above a handler, or a type
/// backend                         session          "securecookie", "datastore", "memcache", "redis", "memory",
///                                                  or the path of a `BackendName`
/// ident                           session          binding, where the name cannot be spelt as one
/// session_max_age, idle_timeout   both             "90s", "30m", "12h", "14d"; at most 400 days
/// browser_session                 both             true, false
/// same_site                       both             "strict", "lax", "none"
/// path, domain                    both             as in the cookie
/// secure, http_only, partitioned  both             true, false
/// on_outage                       both             "fail", "empty"
/// conflict                        both             "merge", "reject"; server backends only
/// lock                            both             true, false; server backends only
/// save                            with_sessions    "always": also on answers of 500 and above
/// crate                           with_sessions    absolute path to `sessions-runtime`, where it is renamed
/// ```
///
/// `lock` alone means `lock = true`, and so for each option that is true or false. What is not given comes from the
/// application's configuration.
///
/// # Other attributes
///
/// The order of `#[with_sessions]`, `#[session]`, route attributes and `cfg_attr` does not matter. `#[instrument]` below
/// `#[with_sessions]` sees the handler's own parameters and the sessions; every other attribute is kept on the outer function.
///
/// # Limitations
///
/// - In an `impl` block, name the type instead of `Self`: the handler is an inner function.
/// - A return type with an elided lifetime, such as `Cow<'_, str>`, is ambiguous beside the injected references.
/// - The annotated function cannot be called directly; call it through actix-web's test service.
///
/// # Modules
///
/// On an inline module, it holds for each handler at its top level that has a route attribute and no `#[with_sessions]` of its
/// own. The module's `#[session]` are inherited; a handler's own of the same name replaces one.
///
/// # Debugging
///
/// `SESSIONS_MACROS_DEBUG=1` in the environment of the compiler prints each expansion, `SESSIONS_MACROS_DEBUG=add_to_cart` that
/// of the items of this name.
#[proc_macro_attribute]
pub fn with_sessions(args: TokenStream, item: TokenStream) -> TokenStream {
    with_sessions::with_sessions(args.into(), &item.into()).into()
}

/// Declares a further session of a handler with `#[with_sessions]`, which describes the options.
///
/// It may stand above or below `#[with_sessions]`; only above it has the name `session` to be imported.
#[proc_macro_attribute]
pub fn session(args: TokenStream, item: TokenStream) -> TokenStream {
    session::session(&args.into(), &item.into()).into()
}

/// A type of flash messages: its queue, and the level and the text of each message.
///
/// ```text
/// #[derive(Flash, Serialize, Deserialize)]
/// #[flash(queue = "shop")]
/// enum Notice {
///     #[flash(level = "success", text = "Added {sku} to your cart")]
///     Added { sku: String },
///     #[flash(level = "error", text = "Sold out")]
///     SoldOut,
/// }
/// ```
///
/// # Options
///
/// ```text
/// option                  on                value
/// queue                   the type          default: the type's name in snake case
/// level                   all               "debug", "info", "success", "warning", "error"; on an enum, for each variant
///                                           that says nothing else; default: "info"
/// level(other = "party")  all               a word of your own
/// text                    struct, variant   a format string: `{field}`, `{0}` for fields without names
/// crate                   the type          absolute path to `sessions-runtime`, where it is renamed
/// ```
///
/// Where there are texts, the type gets its `Display` from them, and each variant needs one. Where there is none, the type
/// has a `Display` of its own.
#[proc_macro_derive(Flash, attributes(flash))]
pub fn flash(item: TokenStream) -> TokenStream {
    flash::flash(item.into()).into()
}

/// Defines a session on its type; `sessions_runtime::SessionData` describes it.
///
/// The options are those of `#[session]` above a handler, without `ident`, and `crate`. A field may be marked
/// `#[session(whole)]`.
#[proc_macro_derive(SessionData, attributes(session))]
pub fn session_data(item: TokenStream) -> TokenStream {
    data::derive(item.into()).into()
}
