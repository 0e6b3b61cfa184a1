//! Prints expansions for those who want to see them: `SESSIONS_MACROS_DEBUG` in the environment of the compiler.

use proc_macro2::{TokenStream, TokenTree};

use crate::mention::unraw;
use crate::pretty;

/// Prints the expansion of an item, if it is asked for: `1` asks for all, anything else for items by their names.
pub(crate) fn print(item: &TokenStream, expansion: &TokenStream) {
    let Ok(asked) = std::env::var("SESSIONS_MACROS_DEBUG") else {
        return;
    };
    let name = name(item);
    if is_asked_for(&asked, &name) {
        eprintln!("// {name}\n{}", pretty::pretty(expansion));
    }
}

fn is_asked_for(asked: &str, name: &str) -> bool {
    asked
        .split(',')
        .map(str::trim)
        .any(|word| word == "1" || word == name)
}

/// The name of a function, a module or a type: the word behind what it is.
fn name(item: &TokenStream) -> String {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    let mut words =
        words.skip_while(|word| !["fn", "mod", "struct", "enum", "union"].contains(&word.as_str()));
    let word = words.nth(1).unwrap_or_default();
    unraw(&word).to_owned()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_asked_for_by_name_or_all_together() {
        let item = quote! {
            #[get("/")]
            pub(crate) async fn add_to_cart(mod_: u8) -> String { fn other() {} }
        };
        assert_eq!(name(&item), "add_to_cart");
        assert_eq!(
            name(&quote!(
                pub mod r#mod {
                    fn a() {}
                }
            )),
            "mod"
        );
        assert_eq!(
            name(&quote!(
                enum Notice {
                    Added,
                }
            )),
            "Notice"
        );
        assert_eq!(
            name(&quote!(
                const A: u8 = 1;
            )),
            ""
        );
        for asked in ["1", "add_to_cart", "show, add_to_cart"] {
            assert!(is_asked_for(asked, "add_to_cart"), "{asked}");
        }
        for asked in ["", "0", "add", "show"] {
            assert!(!is_asked_for(asked, "add_to_cart"), "{asked}");
        }
    }
}
