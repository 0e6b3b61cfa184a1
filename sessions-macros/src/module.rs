//! `#[with_sessions(..)]` on a module: what it says holds for every handler in it that has a route.
//!
//! The module is walked as tokens, at its top level only: what its items say is never parsed.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, LitStr, Meta, Token, Visibility};

use crate::args::{self, Attribute as Place};
use crate::conditional;
use crate::diagnostics::Errors;
use crate::entry::{self, Entry, Value};
use crate::handler::{Handler, named};
use crate::items::{self, Item};
use crate::mention::unraw;
use crate::path::Runtime;
use crate::plan;

/// The attributes of actix-web that make a function a route.
pub(crate) const ROUTES: [&str; 11] = [
    "get", "post", "put", "delete", "head", "options", "trace", "patch", "connect", "route", "routes",
];

/// An annotated module.
pub(crate) struct Module {
    /// Attributes other than ours, in order.
    attrs: Vec<Attribute>,
    /// `#[session(..)]`, in order.
    sessions: Vec<Attribute>,
    vis: Visibility,
    word: Token![mod],
    name: Ident,
    /// `None`: the module is a file.
    body: Option<Group>,
}

/// Reads the item where it is a module.
pub(crate) fn parse(item: &TokenStream) -> Option<Module> {
    if !may_be_module(item) {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let (sessions, attrs) = input
            .call(Attribute::parse_outer)?
            .into_iter()
            .partition(|attr| named(attr.path(), "session"));
        let module = Module {
            attrs,
            sessions,
            vis: input.parse()?,
            word: input.parse()?,
            name: input.parse()?,
            body: input.peek(syn::token::Brace).then(|| input.parse()).transpose()?,
        };
        input.parse::<TokenStream>().map(|_| module)
    };
    parser.parse2(item.clone()).ok()
}

/// Whether it is worth reading as a module: nearly every item is a function, and would be read twice.
fn may_be_module(item: &TokenStream) -> bool {
    let word = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "mod" => Some(true),
        TokenTree::Ident(word) if word == "fn" => Some(false),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => Some(true),
        _ => None,
    });
    word == Some(true)
}

/// Writes the module with its handlers annotated.
///
/// Input:
/// ```text
/// #[with_sessions(default = AUDIT)]
/// #[session(name = "cart", backend = "datastore")]
/// mod shop {
///     #[get("/cart")]
///     async fn show() -> String { body }
/// }
/// ```
/// Output:
/// ```text
/// static __SESSIONS_BACKEND_shop_0: &BackendName = &AUDIT;
/// mod shop {
///     #[with_sessions(default = super::__SESSIONS_BACKEND_shop_0)]
///     #[session(name = "cart", backend = "datastore")]
///     #[get("/cart")]
///     async fn show() -> String { body }
/// }
/// ```
/// A backend's path means what it means where the attribute stands, so it is looked up there, and once.
pub(crate) fn expand(args: &TokenStream, module: &Module) -> TokenStream {
    let Module {
        attrs,
        sessions,
        vis,
        word,
        name,
        body,
    } = module;
    if conditional::declares_sessions(attrs) {
        return conditional::first(args, sessions, attrs, &quote!(#vis #word #name #body));
    }
    let mut errors = Errors::default();
    let (again, attrs): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| named(attr.path(), "with_sessions"));
    for attr in again {
        errors.on(attr, "`#[with_sessions]` stands twice on this module; remove one");
    }
    let Some(body) = body else {
        errors.on(
            quote!(#word #name),
            format!("`#[with_sessions]` does not see the handlers in a file; write `mod {name} {{ .. }}`, or annotate each handler"),
        );
        let errors = errors.into_tokens();
        return quote!(#(#attrs)* #vis #word #name; #errors);
    };
    let (inherited, backends) = match check(args.clone(), sessions.clone(), name) {
        Ok(runtime) => inherited(args, module, runtime),
        Err((runtime, wrong)) => {
            // The handlers get everything as it is written, so that their bodies find what is meant.
            errors.extend(wrong);
            let sessions = sessions.iter().map(|attr| Declaration {
                name: session_name(attr),
                attr: attr.clone(),
            });
            let inherited = Inherited {
                runtime,
                args: args.clone(),
                sessions: sessions.collect(),
                moved: false,
            };
            (inherited, TokenStream::new())
        }
    };
    let mut handlers = Group::new(Delimiter::Brace, inherited.annotate(body.stream()));
    handlers.set_span(body.span());
    let errors = errors.into_tokens();
    quote! {
        #backends
        #(#attrs)*
        #vis #word #name #handlers
        #errors
    }
}

/// Asks every rule that needs no handler, by that of a handler with nothing in it.
fn check(args: TokenStream, sessions: Vec<Attribute>, name: &Ident) -> Result<Runtime, (Runtime, Errors)> {
    let handler = Handler {
        attrs: Vec::new(),
        sessions,
        vis: Visibility::Inherited,
        sig: syn::parse_quote!(async fn #name() -> ()),
        body: quote!({}),
    };
    match plan::plan(args, handler) {
        Ok(plan) => Ok(plan.runtime),
        Err(broken) => Err((broken.plan.runtime, broken.errors)),
    }
}

/// In front of arguments whose mistakes the module has reported; behind it, the number of sessions that they came with.
const REPORTED: &str = "__sessions_reported";

/// The arguments without what [`REPORTED`] says, and the number of sessions.
pub(crate) fn reported(args: TokenStream) -> (TokenStream, Option<usize>) {
    let mut tokens = args.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Literal(count))) if word == REPORTED => {
            (tokens.collect(), count.to_string().parse().ok())
        }
        _ => (args, None),
    }
}

/// The mistakes of a handler that its module has not reported.
pub(crate) fn unreported(
    mistakes: Errors,
    args: TokenStream,
    sessions: &[Attribute],
    handler: &Ident,
) -> Errors {
    match check(args, sessions.to_vec(), handler) {
        Ok(_) => mistakes,
        Err((_, reported)) => mistakes.without(&reported),
    }
}

/// One outer attribute, for the parser.
struct Outer(Attribute);

impl Parse for Outer {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attr = input.call(Attribute::parse_outer)?.pop();
        attr.map(Self).ok_or_else(|| input.error("expected an attribute"))
    }
}

/// What every handler of a module gets.
struct Inherited {
    runtime: Runtime,
    args: TokenStream,
    sessions: Vec<Declaration>,
    /// Whether it is shown as if it stood on the handler. What has mistakes is shown where it stands.
    moved: bool,
}

/// One `#[session(..)]` of the module.
struct Declaration {
    name: Option<String>,
    attr: Attribute,
}

/// What the handlers get, and the statics that their backends by path become.
fn inherited(args: &TokenStream, module: &Module, runtime: Runtime) -> (Inherited, TokenStream) {
    let mut backends = Backends {
        module,
        runtime: &runtime,
        statics: TokenStream::new(),
        count: 0,
    };
    let args = backends.take_from(args.clone());
    let sessions = module.sessions.iter().map(|attr| {
        let args = backends.take_from(arguments(attr));
        Declaration {
            name: session_name(attr),
            attr: syn::parse_quote!(#[session(#args)]),
        }
    });
    let sessions = sessions.collect();
    let statics = backends.statics;
    let inherited = Inherited {
        runtime,
        args,
        sessions,
        moved: true,
    };
    (inherited, statics)
}

fn arguments(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// The name that a `#[session(..)]` gives. What is wrong with it is reported elsewhere.
fn session_name(attr: &Attribute) -> Option<String> {
    let mut unread = Errors::default();
    let args = args::parse(arguments(attr), Place::Session, &mut unread);
    args.name.as_ref().map(LitStr::value)
}

/// Turns backends by path into statics beside the module.
struct Backends<'module> {
    module: &'module Module,
    runtime: &'module Runtime,
    statics: TokenStream,
    count: usize,
}

impl Backends<'_> {
    /// The arguments with the names of the statics in place of the paths.
    fn take_from(&mut self, args: TokenStream) -> TokenStream {
        let mut unread = Errors::default();
        let entries = entry::entries(args.clone(), "", &mut unread);
        let is_path = |entry: &Entry| {
            matches!(entry.value, Value::Path(_)) && (entry.key == "default" || entry.key == "backend")
        };
        // What is not written as options has no backend either.
        if !unread.is_empty() || !entries.iter().any(is_path) {
            return args;
        }
        let entries = entries.iter().map(|entry| match (&entry.key, &entry.value) {
            (key, Value::Path(path)) if is_path(entry) => {
                let name = self.declare(path);
                quote!(#key = super::#name)
            }
            (key, Value::Bare) => key.to_token_stream(),
            (key, Value::List(group)) => quote!(#key #group),
            (key, value) => quote!(#key = #value),
        });
        let entries: Vec<TokenStream> = entries.collect();
        quote!(#(#entries),*)
    }

    fn declare(&mut self, path: &syn::Path) -> Ident {
        let (module, runtime) = (unraw_name(&self.module.name), self.runtime);
        let name = format_ident!("__SESSIONS_BACKEND_{module}_{}", self.count);
        self.count += 1;
        // The module may be left out on a condition that stands below our attribute.
        let conditions = self
            .module
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"));
        let reference = quote_spanned!(path.span()=> &#path);
        self.statics.extend(quote! {
            #(#conditions)*
            #[allow(dead_code, non_upper_case_globals)]
            static #name: &#runtime::__private::BackendName = #reference;
        });
        name
    }
}

fn unraw_name(name: &Ident) -> String {
    unraw(&name.to_string()).to_owned()
}

impl Inherited {
    /// The items of a module, each handler with what it inherits in front.
    fn annotate(&self, items: TokenStream) -> TokenStream {
        let mut annotated = TokenStream::new();
        for item in items::read(items) {
            match item {
                Item::Function { attrs, name } => {
                    annotated.extend(self.for_handler(&attrs, &name));
                    annotated.extend(attrs.iter().map(quote::ToTokens::to_token_stream));
                }
                // An item that a macro was given: `$item`.
                Item::Invisible(group) => {
                    let mut inner = Group::new(Delimiter::None, self.annotate(group.stream()));
                    inner.set_span(group.span());
                    annotated.extend([TokenTree::Group(inner)]);
                }
                Item::Other(tokens) => annotated.extend(tokens),
            }
        }
        annotated
    }

    /// What stands in front of a function; nothing, where it is no route or has its own `#[with_sessions]`.
    fn for_handler(&self, attrs: &[items::Attr], name: &Ident) -> TokenStream {
        let is_route = attrs.iter().any(|attr| ROUTES.iter().any(|route| attr.is(route)));
        if !is_route || attrs.iter().any(|attr| attr.is("with_sessions")) {
            return TokenStream::new();
        }
        // Of two declarations of one name, the handler's own counts.
        let own: Vec<String> = attrs
            .iter()
            .filter(|attr| attr.is("session"))
            .filter_map(|attr| syn::parse2(attr.to_token_stream()).ok())
            .filter_map(|Outer(attr)| session_name(&attr))
            .collect();
        let sessions = self
            .sessions
            .iter()
            .filter(|session| session.name.as_ref().is_none_or(|name| !own.contains(name)))
            .map(|session| &session.attr);
        let sessions: Vec<&Attribute> = sessions.collect();
        let (runtime, mut args) = (&self.runtime, self.args.clone());
        if !self.moved {
            let (word, count) = (
                format_ident!("{REPORTED}"),
                Literal::usize_unsuffixed(sessions.len()),
            );
            args = quote!(#word #count #args);
        }
        // A handler that has its own on a condition inherits on the opposite one.
        let condition = attrs.iter().find_map(|attr| attr.condition_of("with_sessions"));
        let inherited = if let Some(condition) = condition {
            let sessions = sessions.iter().map(|attr| &attr.meta);
            quote!(#[cfg_attr(not(#condition), #runtime::with_sessions(#args) #(, #sessions)*)])
        } else {
            quote!(#[#runtime::with_sessions(#args)] #(#sessions)*)
        };
        self.seen_from(inherited, name.span())
    }

    fn seen_from(&self, tokens: TokenStream, handler: Span) -> TokenStream {
        if self.moved {
            seen_from(tokens, handler)
        } else {
            tokens
        }
    }
}

/// The tokens as if they stood on the handler: there is the line that its list of sessions shows, and whatever is wrong
/// with them together with this handler.
fn seen_from(tokens: TokenStream, handler: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            let inner = seen_from(group.stream(), handler);
            token = TokenTree::Group(Group::new(group.delimiter(), inner));
        }
        token.set_span(token.span().located_at(handler));
        token
    });
    tokens.collect()
}
