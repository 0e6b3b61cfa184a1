use quote::quote;

use super::derive;
use crate::snapshots::compare;

#[test]
fn a_type_of_session_data() {
    compare(
        "session_data",
        derive(quote! {
            #[session(name = "cart", backend = "datastore", idle_timeout = "30m", lock)]
            #[serde(rename_all = "camelCase")]
            struct Cart {
                items: BTreeMap<String, u32>,
                #[session(whole)]
                seen_skus: BTreeMap<String, u32>,
            }
        }),
    );
}

#[test]
fn a_type_on_a_backend_by_path() {
    compare(
        "session_data_by_path",
        derive(quote! {
            #[session(backend = crate::AUDIT, crate = ::renamed)]
            enum LastStep { A, B }
        }),
    );
}

#[test]
fn a_type_with_mistakes_is_session_data_all_the_same() {
    compare(
        "session_data_recovered",
        derive(quote! {
            #[session(bakend = "datastore")]
            struct Cart<T: Clone> { item: T }
        }),
    );
}

#[test]
fn no_type_makes_the_derive_panic() {
    for item in [
        quote!(),
        quote!(
            fn cart() {}
        ),
        quote!(
            struct;
        ),
        quote!(
            #[session]
            struct r#type;
        ),
        quote!(
            #[session = 1]
            struct Cart(#[session] u8, #[session(whole, whole)] u8);
        ),
        quote!(
            #[session(Cart, name)]
            union Cart {
                #[session(whole)]
                a: u8,
            }
        ),
        quote!(
            enum Cart {
                #[session(whole)]
                A(#[session = 2] u8),
            }
        ),
        quote!(
            #[serde(rename_all = 1, rename_all(serialize))]
            struct Cart {
                #[session(whole)]
                #[serde(rename = b"x", rename(x = "y"), 7)]
                a: u8,
            }
        ),
    ] {
        assert!(item.is_empty() || !derive(item.clone()).is_empty(), "{item}");
    }
}
