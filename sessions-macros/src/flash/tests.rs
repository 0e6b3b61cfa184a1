//! Expansions of `#[derive(Flash)]` as files, and tokens that must not make it panic.

use quote::quote;

use super::flash;
use crate::snapshots::compare;

#[test]
fn flash_messages() {
    compare(
        "flash",
        flash(quote! {
            #[flash(queue = "shop", level = "warning")]
            pub enum Notice {
                #[flash(level = "success", text = "Added {count:>3} x {sku} {{new}}")]
                Added { sku: String, count: u32, secret: u8 },
                #[flash(text = "{1}{0:>1$}")]
                Numbered(String, usize),
                #[flash(level(other = "party"), text = "{{sold out}}")]
                SoldOut,
                #[flash(level = "success", text = "gone")]
                Gone,
            }
        }),
    );
}

#[test]
fn flash_messages_with_their_own_display() {
    compare(
        "flash_own_display",
        flash(quote!(
            struct Notice {
                left: u8,
            }
        )),
    );
}

#[test]
fn flash_messages_with_a_mistake() {
    compare(
        "flash_recovered",
        flash(quote! {
            enum Notice<T> where T: Clone {
                #[flash(text = "{left}")]
                Left(T),
            }
        }),
    );
}

#[test]
fn no_flash_makes_it_panic() {
    for text in [
        "",
        "{",
        "}",
        "{}",
        "{{}",
        "{0",
        "{0:",
        "{0:}",
        "{0:>}",
        "{0:}>}",
        "{0:$}",
        "{0:.}",
        "{0:.$}",
        "{0:+#010.3e}",
        "{a:\u{e9}<4}",
        "{ä}",
        "{0:\u{1f600}^9}",
        "{0:>0$}",
        "{99999999999999999999999}",
        "\0{0}",
        "{r#type}",
        "{:?}",
        "{0!r}",
    ] {
        for item in [
            quote!(
                struct A(#[flash] u8);
            ),
            quote!(
                struct A {
                    r#type: u8,
                    ä: u8,
                }
            ),
            quote!(
                struct A;
            ),
            quote!(
                enum A {
                    #[flash(text = #text, level(other))]
                    B(u8),
                    #[flash(level(x = 1, , y))]
                    C { a: u8 },
                }
            ),
            quote!(union A { a: u8 }),
            quote!(
                fn a() {}
            ),
        ] {
            for options in [
                quote!(text = #text),
                quote!(text),
                quote!(queue = 5, crate, level()),
                quote!(=),
                quote!(level = [1]),
            ] {
                let text = flash(quote!(#[flash(#options)] #[flash = 1] #item)).to_string();
                assert!(!text.is_empty());
            }
        }
    }
}
