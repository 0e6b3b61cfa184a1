//! The shop in a real browser.

use crate::shop::{Place, Shop};
use crate::support::chromium::Chromium;

fn user(browser: &mut Chromium) -> String {
    let user = browser.evaluate("document.body.dataset.user || ''");
    user.as_str().unwrap_or_default().to_owned()
}

/// The messages of the page, a line each: `success: Welcome, Ada`.
fn messages(browser: &mut Chromium) -> String {
    let messages = browser.evaluate(
        "Array.from(document.querySelectorAll('[role=status]'), m => m.dataset.level + ': ' + m.textContent).join('\\n')",
    );
    messages.as_str().unwrap_or_default().to_owned()
}

/// The lines of the cart in one: `sencha 1, chai 2`.
fn cart(browser: &mut Chromium) -> String {
    let cart = browser.evaluate(
        "Array.from(document.querySelectorAll('[data-sku]'), l => l.dataset.sku + ' ' + l.dataset.count).join(', ')",
    );
    cart.as_str().unwrap_or_default().to_owned()
}

/// S21, S22, S24, S35, G14, G17
/// Chromium keeps `Secure` cookies with the prefix `__Host-` from plain http on a loopback address, and removes them
/// when it is told to.
#[test]
fn chromium_keeps_a_customer_signed_in_until_she_signs_out() {
    let shop = Shop::open(Place::Sqlite, "chromium");
    let url = |path: &str| shop.origin() + path;
    let profile = shop.directory().file("profile");

    let mut browser = Chromium::start(&profile);
    browser.open(&url("/"));
    browser.fill("#user", "<b>Ada</b>");
    browser.click("form[action='/login'] button");
    assert_eq!(user(&mut browser), "<b>Ada</b>");
    assert_eq!(messages(&mut browser), "success: Welcome, <b>Ada</b>");
    browser.click("form[action='/cart/sencha'] button");
    assert_eq!(messages(&mut browser), "success: Added Sencha to your cart");
    browser.click("form[action='/cart/sencha'] button");
    assert_eq!(cart(&mut browser), "sencha 2");
    assert_eq!(browser.evaluate("document.cookie"), "", "no script sees a cookie");
    browser.open(&url("/cart"));
    assert_eq!(messages(&mut browser), "", "each is shown once");
    browser.close();

    let mut browser = Chromium::start(&profile);
    browser.open(&url("/cart"));
    assert_eq!(user(&mut browser), "<b>Ada</b>");
    assert_eq!(cart(&mut browser), "sencha 2");
    browser.click("form[action='/logout'] button");
    assert_eq!(user(&mut browser), "");
    assert_eq!(messages(&mut browser), "info: You have been signed out");
    browser.open(&url("/cart"));
    assert_eq!(cart(&mut browser), "");
    browser.close();
}

/// The style sheet is applied under the policy of the pages, and no page is wider than a phone.
#[test]
fn pages_fit_on_a_phone() {
    let shop = Shop::open(Place::Sqlite, "phone");
    let url = |path: &str| shop.origin() + path;
    let mut browser = Chromium::start(&shop.directory().file("profile"));
    browser.open(&url("/product/oolong"));
    browser.click("form[action='/cart/oolong'] button");
    for width in [320, 390, 1280] {
        browser.resize(width);
        for path in ["/", "/cart", "/product/oolong", "/nowhere"] {
            browser.open(&url(path));
            let wide = browser.evaluate("document.documentElement.scrollWidth").as_u64();
            assert!(
                wide.is_some_and(|wide| wide <= width.into()),
                "{path}: {wide:?} of {width}"
            );
            let styled = browser.evaluate("getComputedStyle(document.body).display");
            assert_eq!(styled, "flex", "{path}");
        }
    }
    browser.close();
}
