use quote::quote;

use super::with_sessions;
use crate::session::session;

#[test]
fn no_item_makes_it_panic() {
    for item in [
        quote!(),
        quote!(
            struct Cart;
        ),
        quote!(
            mod m {
                async fn a() -> String {}
            }
        ),
        quote!(
            mod shop;
        ),
        quote!(
            #[session]
            #[with_sessions]
            pub mod shop {
                #![allow(dead_code)]
                #[get("/")]
                #[session = 1]
                unsafe extern "C" fn a();
                #[get]
            }
        ),
        quote!(impl X { async fn a() {} }),
        quote!(
            async fn a();
        ),
        quote!(async fn),
        quote!(fn a(x) {}),
        quote!(
            const X: u8 = 1;
        ),
        quote!(
            #[session]
            #[session = 1]
            async fn a() {}
        ),
        quote!(
            async fn a(_: &Session, (a, b): &Session, &c: &Session, self_: &mut Cart, ...) {}
        ),
        quote!(
            extern "C" fn a(&self, session: Session) {}
        ),
        quote!(
            async fn r#type(r#session: &Session, session_store: &str) -> String {
                r#type
            }
        ),
    ] {
        for args in [
            quote!(),
            quote!(default),
            quote!(crate = x, name = "__Host-a", ,),
            quote!(lock = "x"),
        ] {
            let text = with_sessions(args, &item).to_string();
            assert!(item.is_empty() || !text.is_empty(), "{item}");
        }
        session(&quote!(name = "cart"), &item);
    }
}
