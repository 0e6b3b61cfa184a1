//! A visitor's browser, and what its pages show: the attributes that the shop promises.

use std::collections::BTreeMap;

use sessions_runtime::testing::{Client, Reply, Request};

use crate::shop::Shop;

/// One browser with its cookie jar.
pub(crate) struct Browser {
    client: Client,
}

impl Browser {
    pub(crate) fn new(shop: &Shop) -> Self {
        Self {
            client: Client::for_origin(&shop.origin()),
        }
    }

    /// The same cookies in another browser: what a thief has, or a browser after the shop has opened again elsewhere.
    pub(crate) fn copy(&self, shop: &Shop) -> Self {
        let copy = Self::new(shop);
        let cookies = self.client.cookie_header("/").unwrap_or_default();
        for (name, value) in cookies.split("; ").filter_map(|pair| pair.split_once('=')) {
            copy.plant(name, value);
        }
        copy
    }

    pub(crate) fn plant(&self, name: &str, value: &str) {
        self.client.set_raw_cookie(name, value);
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.client.cookie(name)
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        Page::of(&self.client.get(path).send().await)
    }

    /// A form without fields.
    pub(crate) fn form(&self, path: &str) -> Request {
        self.client.post(path)
    }

    /// Submits a form: the answer sends the browser to a page.
    pub(crate) async fn submit(&self, path: &str) -> Reply {
        let reply = self.form(path).send().await;
        assert_eq!(reply.status, 303, "{path}");
        reply
    }

    pub(crate) async fn sign_in(&self, user: &str) -> Page {
        let reply = self.form("/login").form(&[("user", user)]).send().await;
        assert_eq!(reply.status, 303);
        self.get("/").await
    }
}

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn of(reply: &Reply) -> Self {
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{}",
            reply.status
        );
        Self {
            status: reply.status.as_u16(),
            text: reply.text(),
        }
    }

    /// Who is signed in.
    pub(crate) fn user(&self) -> Option<String> {
        let mut users = attributes(&self.text, "data-user");
        assert!(users.len() < 2, "{users:?}");
        users.pop()
    }

    /// The lines of the cart: sku and count.
    pub(crate) fn cart(&self) -> BTreeMap<String, u32> {
        let counts = attributes(&self.text, "data-count");
        let skus = attributes(&self.text, "data-sku");
        assert_eq!(counts.len(), skus.len());
        let counts = counts
            .iter()
            .map(|count| count.parse().expect("counts are numbers"));
        skus.into_iter().zip(counts).collect()
    }

    /// The messages: level and text.
    pub(crate) fn messages(&self) -> Vec<(String, String)> {
        let message = |element: &str| {
            let level = attributes(element, "data-level")
                .pop()
                .expect("messages have a level");
            let (_, rest) = element.split_once('>').expect("the tag ends");
            let (text, _) = rest.split_once('<').expect("the element ends");
            (level, unescape(text))
        };
        self.text.split("role=\"status\"").skip(1).map(message).collect()
    }
}

/// The values of an attribute, in the order of the page.
pub(crate) fn attributes(html: &str, name: &str) -> Vec<String> {
    html.split(&format!(" {name}=\""))
        .skip(1)
        .map(|rest| unescape(rest.split('"').next().unwrap_or_default()))
        .collect()
}

/// Text as a browser reads it.
fn unescape(html: &str) -> String {
    html.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

pub(crate) fn messages<const N: usize>(messages: [(&str, &str); N]) -> Vec<(String, String)> {
    messages
        .map(|(level, text)| (level.to_owned(), text.to_owned()))
        .to_vec()
}

pub(crate) fn cart<const N: usize>(lines: [(&str, u32); N]) -> BTreeMap<String, u32> {
    lines.map(|(sku, count)| (sku.to_owned(), count)).into()
}
