//! One customer, several tabs.

use futures_util::future::{join, join_all};

use crate::browser::{Browser, cart};
use crate::shop::{Place, Shop};

const SKUS: [&str; 6] = ["earl-grey", "sencha", "oolong", "chai", "rooibos", "camomile"];

/// Each tea eight times, all requests at once.
async fn a_rush(place: Place) {
    let shop = Shop::open(place, "overlap");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada").await;
    // The cart exists; two first visits at once would be two carts.
    ada.submit("/cart/sencha").await;

    let requests = SKUS
        .repeat(8)
        .into_iter()
        .map(|sku| ada.form(&format!("/cart/{sku}")).send());
    for reply in join_all(requests).await {
        assert_eq!(reply.status, 303);
    }

    let mut expected = cart(SKUS.map(|sku| (sku, 8)));
    *expected.entry("sencha".to_owned()).or_default() += 1;
    assert_eq!(ada.get("/cart").await.cart(), expected);
}

/// C1, C2
#[actix_web::test]
async fn teas_added_at_once_are_all_in_the_cart_on_sqlite() {
    a_rush(Place::Sqlite).await;
}

/// C1, C2
#[actix_web::test]
async fn teas_added_at_once_are_all_in_the_cart_on_memcached() {
    a_rush(Place::Memcached).await;
}

/// C1, C2
#[actix_web::test]
async fn teas_added_at_once_are_all_in_the_cart_on_redis() {
    a_rush(Place::Redis).await;
}

/// C5, V1
/// Whatever was in flight when she signed out.
#[actix_web::test]
async fn a_rush_during_the_sign_out_does_not_bring_the_cart_back() {
    let shop = Shop::open(Place::Sqlite, "ending");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada").await;
    ada.submit("/cart/sencha").await;
    let thief = ada.copy(&shop);

    let adds = SKUS
        .repeat(4)
        .into_iter()
        .map(|sku| thief.form(&format!("/cart/{sku}")).send());
    let (_, reply) = join(join_all(adds), ada.submit("/logout")).await;
    assert_eq!(reply.status, 303);

    let page = ada.copy(&shop).get("/cart").await;
    assert_eq!((page.user(), page.cart()), (None, cart([])));
}
