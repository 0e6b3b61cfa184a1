//! Collects mistakes, so that all of them are reported at once.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far, in the order in which they stand in the source.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<syn::Error>,
}

impl Errors {
    /// Reports a mistake on the tokens that have to change.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.list.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds what a parser of syn reported.
    pub(crate) fn push(&mut self, err: syn::Error) {
        self.list.push(err);
    }

    /// Adds the mistakes that another reader found.
    pub(crate) fn extend(&mut self, others: Self) {
        self.list.extend(others.list);
    }

    /// These mistakes without those that say the same as one of `others`.
    pub(crate) fn without(self, others: &Self) -> Self {
        let mut words: Vec<String> = others.list.iter().map(ToString::to_string).collect();
        let mut list = self.list;
        list.retain(
            |err| match words.iter().position(|other| *other == err.to_string()) {
                Some(at) => {
                    words.swap_remove(at);
                    false
                }
                None => true,
            },
        );
        Self { list }
    }

    /// How many were found, to tell whether one step found some.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// One `compile_error!` for each mistake; valid as items and as statements.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.list.iter().map(syn::Error::to_compile_error).collect()
    }

    /// What each mistake says, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.list.iter().map(ToString::to_string).collect()
    }
}
