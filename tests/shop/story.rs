//! What a customer does in a day: sign in, buy, come back after the shop has opened anew, sign out.

use crate::browser::{Browser, cart, messages};
use crate::shop::{Place, Shop};

async fn a_day(place: Place) {
    let shop = Shop::open(place, "story");
    let ada = Browser::new(&shop);
    assert_eq!(ada.get("/").await.user(), None);

    let home = ada.sign_in("Ada").await;
    assert_eq!(home.user().as_deref(), Some("Ada"));
    assert_eq!(home.messages(), messages([("success", "Welcome, Ada")]));

    let reply = ada.submit("/cart/sencha").await;
    assert_eq!(reply.header("location"), Some("/cart"));
    ada.submit("/cart/chai").await;
    ada.submit("/cart/chai").await;
    let page = ada.get("/cart").await;
    assert_eq!(page.cart(), cart([("chai", 2), ("sencha", 1)]));
    assert!(page.text.contains("<strong>€24.60</strong>"), "it adds up");
    assert_eq!(
        page.messages(),
        messages([
            ("success", "Added Sencha to your cart"),
            ("success", "Added Masala Chai to your cart"),
            ("success", "Added Masala Chai to your cart"),
        ])
    );
    assert_eq!(ada.get("/cart").await.messages(), [], "each is shown once");

    let shop = shop.reopen();
    let ada = ada.copy(&shop);
    let page = ada.get("/cart").await;
    assert_eq!(page.user().as_deref(), Some("Ada"));
    assert_eq!(page.cart(), cart([("chai", 2), ("sencha", 1)]));

    ada.submit("/cart/chai/remove").await;
    let page = ada.get("/cart").await;
    assert_eq!(page.cart(), cart([("sencha", 1)]));
    assert_eq!(
        page.messages(),
        messages([("info", "Removed Masala Chai from your cart")])
    );

    let thief = ada.copy(&shop);
    assert_eq!(thief.get("/cart").await.user().as_deref(), Some("Ada"));
    ada.submit("/logout").await;
    let page = ada.get("/cart").await;
    assert_eq!((page.user(), page.cart()), (None, cart([])));
    assert_eq!(page.messages(), messages([("info", "You have been signed out")]));
    for name in ["__Host-user", "__Host-cart"] {
        assert_eq!(ada.cookie(name), None, "{name}");
        assert!(thief.cookie(name).is_some(), "{name}: the copy still has it");
    }
    for path in ["/", "/cart", "/product/sencha"] {
        let page = thief.get(path).await;
        assert_eq!((page.user(), page.cart()), (None, cart([])), "{path}");
    }
}

/// S11, R15, G14
#[actix_web::test]
async fn a_customer_is_known_until_she_signs_out_on_sqlite() {
    a_day(Place::Sqlite).await;
}

/// S11, R15, G14
#[actix_web::test]
async fn a_customer_is_known_until_she_signs_out_on_memcached() {
    a_day(Place::Memcached).await;
}

/// S11, R15, G14
#[actix_web::test]
async fn a_customer_is_known_until_she_signs_out_on_redis() {
    a_day(Place::Redis).await;
}

/// R15
/// What was answered was written: nothing waits for an orderly end.
#[actix_web::test]
async fn a_crash_loses_nothing_that_was_answered() {
    let shop = Shop::open(Place::Sqlite, "crash");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada").await;
    ada.submit("/cart/oolong").await;

    let shop = shop.reopen_after_a_crash();
    let page = ada.copy(&shop).get("/cart").await;
    assert_eq!(page.user().as_deref(), Some("Ada"));
    assert_eq!(page.cart(), cart([("oolong", 1)]));
}

/// S9, V27
/// An id from before the sign-in opens neither session afterwards; the cart itself comes along.
#[actix_web::test]
async fn signing_in_leaves_the_old_ids_worthless() {
    let shop = Shop::open(Place::Sqlite, "renewal");
    let ada = Browser::new(&shop);
    ada.sign_in("Guest").await;
    ada.submit("/cart/rooibos").await;
    let planted = ada.copy(&shop);

    let page = ada.sign_in("Ada").await;
    assert_eq!(page.user().as_deref(), Some("Ada"));
    assert_eq!(ada.get("/cart").await.cart(), cart([("rooibos", 1)]));

    let page = planted.get("/cart").await;
    assert_eq!((page.user(), page.cart()), (None, cart([])));
}
