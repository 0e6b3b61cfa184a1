//! Expansions as files, so that a review shows what users will compile.
//!
//! `SESSIONS_MACROS_BLESS=1` writes them anew.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::pretty::pretty;
use crate::with_sessions::with_sessions;

/// Compares the expansion of a handler or a module with the file of that name.
#[allow(
    clippy::needless_pass_by_value,
    reason = "a test reads best with `quote!` in the call"
)]
fn snapshot(name: &str, args: TokenStream, item: TokenStream) -> String {
    compare(name, with_sessions(args, &item))
}

/// Compares an expansion with the file of that name.
pub(crate) fn compare(name: &str, expansion: TokenStream) -> String {
    shown_as_it_is(&expansion);
    let file = syn::parse2(expansion).expect("an expansion is always items");
    let text = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/snapshots")
        .join(format!("{name}.rs"));
    if std::env::var_os("SESSIONS_MACROS_BLESS").is_some() {
        std::fs::write(&path, &text).expect("the snapshots can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{name} differs; run with SESSIONS_MACROS_BLESS=1 and look at the change:\n{text}"
    );
    text
}

/// What `SESSIONS_MACROS_DEBUG` prints means the same to the compiler.
fn shown_as_it_is(expansion: &TokenStream) {
    let shown = pretty(expansion);
    let read: TokenStream = shown.parse().expect("what is shown can be read");
    assert_eq!(flat(&read), flat(expansion), "{shown}");
}

/// Every token without its spaces.
fn flat(tokens: &TokenStream) -> Vec<String> {
    let flat = tokens.clone().into_iter().flat_map(|token| match token {
        proc_macro2::TokenTree::Group(group) => {
            let mut inner = flat(&group.stream());
            inner.insert(0, format!("{:?}", group.delimiter()));
            inner.push("end".to_owned());
            inner
        }
        token => vec![token.to_string()],
    });
    flat.collect()
}

#[test]
fn plain() {
    let text = snapshot(
        "plain",
        quote!(default = "securecookie"),
        quote! {
            /// Counts visits.
            #[get("/")]
            pub async fn index(name: web::Path<String>) -> impl Responder {
                session.insert("n", 1);
                name.into_inner()
            }
        },
    );
    // What each handler adds to a build beside its data: one call.
    let (_, glue) = text
        .split_once("};\n        __sessions::Call")
        .expect("the glue follows the registered data");
    // Without the ends of the block and of the function.
    let glue = glue.trim_end_matches([' ', '\n', '}']);
    assert!(glue.lines().count() < 25, "{glue}");
    assert_eq!(
        text.matches("async fn").count(),
        1,
        "one asynchronous body, the user's: {text}"
    );
}

#[test]
fn typed_sessions() {
    snapshot(
        "typed",
        quote!(),
        quote! {
            #[session(Prefs, idle_timeout = "1h")]
            async fn handler(sku: web::Path<String>, cart: &mut Cart, #[session(name = "old")] old: &Cart) -> String {
                cart.items.insert(sku.into_inner(), prefs.count + old.count);
                String::new()
            }
        },
    );
}

#[test]
fn two_sessions_with_options() {
    snapshot(
        "two_sessions",
        quote!(
            default = "securecookie",
            same_site = "strict",
            secure,
            save = "always"
        ),
        quote! {
            #[session(name = "cart-x", backend = "datastore", idle_timeout = "30m", conflict = "reject", lock)]
            #[session(name = "prefs", path = "/shop")]
            async fn handler() -> HttpResponse {
                format!("{cart_x}");
                HttpResponse::Ok().finish()
            }
        },
    );
}

#[test]
fn generics_and_a_backend_by_path() {
    snapshot(
        "generics",
        quote!(default = crate::AUDIT, crate = ::renamed),
        quote! {
            async fn handler<'a, T: Clone, const N: usize>(value: web::Json<T>, session: &'a Session) -> impl Responder + use<'a, T, N>
            where
                T: DeserializeOwned + 'static,
            {
                session.name()
            }
        },
    );
}

#[test]
fn no_parameters_and_nothing_mentioned() {
    snapshot(
        "nothing",
        quote!(),
        quote!(
            async fn handler() -> &'static str {
                "hello"
            }
        ),
    );
}

#[test]
fn eighteen_extractors() {
    let names = (0..18).map(|index| quote::format_ident!("p{index}"));
    snapshot(
        "eighteen",
        quote!(),
        quote!(async fn handler(#(#names: web::Data<u32>),*) -> String { String::new() }),
    );
}

#[test]
fn by_reference() {
    snapshot(
        "by_reference",
        quote!(default = "memory"),
        quote! {
            #[session(name = "prefs", backend = "redis")]
            async fn handler(
                session: &Session,
                sku: web::Path<String>,
                #[session(name = "cart-x", backend = "datastore")] cart: &Session,
                prefs: &Session,
                _guest: &Session,
                store: &SessionStore,
            ) -> Redirect {
                cart.insert(&sku, 1)?;
                store.set_cookie("a", "b")
            }
        },
    );
}

/// P53
/// linkme does not support Miri: there the plan is a plain static, in no list.
#[test]
fn no_handler_is_registered_under_miri() {
    let expansion = with_sessions(
        quote!(),
        &quote!(
            async fn handler() -> String {
                String::new()
            }
        ),
    );
    let file: syn::File = syn::parse2(expansion).expect("an expansion is always items");
    let [syn::Item::Fn(handler)] = file.items.as_slice() else {
        panic!("one item");
    };
    assert!(!handler.block.stmts.is_empty());
    let text = prettyplease::unparse(&file);
    let (condition, rest) = text.split_once("linkme::").expect("what registers it");
    assert!(!rest.contains("linkme::"), "{text}");
    assert!(
        condition.ends_with("#[cfg_attr(\n            not(miri),\n            __sessions::"),
        "{condition}"
    );
}

/// An attribute that nobody knows may ask for an `async fn`.
#[test]
fn a_foreign_attribute_keeps_the_handler_async() {
    snapshot(
        "foreign_attribute",
        quote!(),
        quote! {
            #[actix_web::get("/")]
            #[protected("ADMIN")]
            async fn handler() -> String { session.name() }
        },
    );
}

/// Before edition 2024, `impl Future` does not capture lifetimes.
#[test]
fn a_lifetime_keeps_the_handler_async() {
    snapshot(
        "lifetime",
        quote!(),
        quote! {
            async fn handler<'a, T: DeserializeOwned + 'a>(value: web::Json<T>) -> String { session.name() }
        },
    );
}

#[test]
fn a_module() {
    snapshot(
        "module",
        quote!(default = AUDIT, same_site = "strict"),
        quote! {
            #[session(name = "cart", backend = "datastore", lock)]
            #[session(name = "trail", backend = backends::ARCHIVE)]
            pub mod shop {
                use actix_web::get;
                /// Shows the cart.
                #[get("/cart")]
                pub async fn show() -> String { cart.name() }
                #[session(name = "cart", backend = "memory")]
                #[actix_web::post("/cart")]
                async fn add() -> String { cart.name() }
                #[get("/own")]
                #[with_sessions]
                async fn own() -> String { session.name() }
                #[cfg_attr(feature = "own", with_sessions(default = "memory"))]
                #[get("/condition")]
                async fn condition() -> String { session.name() }
                async fn helper() {}
                #[get]
                struct NoHandler;
            }
        },
    );
}

#[test]
fn a_module_with_a_mistake_keeps_its_handlers() {
    snapshot(
        "module_recovered",
        quote!(default = "redsi"),
        quote! {
            #[session(name = "cart")]
            mod shop {
                #[get("/cart")]
                async fn show() -> String { cart.name() }
            }
        },
    );
}

#[test]
fn a_mistake_keeps_the_shape() {
    snapshot(
        "recovered",
        quote!(default = "securecooki"),
        quote! {
            #[get("/")]
            pub unsafe fn handler(session: web::Json<u32>, #[cfg(unix)] sku: web::Path<String>) {
                cart.insert(&sku, 1)
            }
        },
    );
}

#[test]
fn a_method_stays_a_method() {
    snapshot(
        "method",
        quote!(),
        quote!(
            async fn handler(&self) -> String {
                session.name()
            }
        ),
    );
}

#[test]
fn a_condition_moves_in_front() {
    snapshot(
        "conditional",
        quote!(default = "memory"),
        quote! {
            #[get("/")]
            #[cfg_attr(feature = "shop", session(name = "cart"), allow(dead_code))]
            async fn handler() -> String { String::new() }
        },
    );
}

#[test]
fn session_above_moves_below() {
    let moved = crate::session::session(
        &quote!(name = "cart"),
        &quote! {
            #[get("/")]
            #[sessions_runtime::with_sessions]
            #[post("/")]
            async fn handler() -> String { String::new() }
        },
    );
    let expected = quote! {
        #[get("/")]
        #[sessions_runtime::with_sessions]
        #[session(name = "cart")]
        #[post("/")]
        async fn handler() -> String { String::new() }
    };
    assert_eq!(moved.to_string(), expected.to_string());
}
