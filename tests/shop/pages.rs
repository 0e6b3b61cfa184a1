//! What the pages show, and what they never ask for.

use sessions_runtime::testing::Client;

use crate::browser::{Browser, attributes, cart};
use crate::shop::{Place, Shop};

const PAGES: [&str; 4] = ["/", "/cart", "/product/sencha", "/nowhere"];

/// G6, G10
#[actix_web::test]
async fn every_page_says_who_is_signed_in() {
    let shop = Shop::open(Place::Sqlite, "user");
    let (ada, guest) = (Browser::new(&shop), Browser::new(&shop));
    ada.sign_in("Ada").await;
    for path in PAGES {
        assert_eq!(ada.get(path).await.user().as_deref(), Some("Ada"), "{path}");
        assert_eq!(guest.get(path).await.user(), None, "{path}");
    }
}

/// S67
/// The cart is a session of its own: it needs no sign-in, and ends at sign-out.
#[actix_web::test]
async fn a_guest_has_a_cart_too() {
    let shop = Shop::open(Place::Sqlite, "guest");
    let guest = Browser::new(&shop);
    guest.submit("/cart/camomile").await;
    let page = guest.get("/cart").await;
    assert_eq!((page.user(), page.cart()), (None, cart([("camomile", 1)])));
    assert_eq!(guest.cookie("__Host-user"), None);
    assert_eq!(Browser::new(&shop).get("/cart").await.cart(), cart([]));
}

/// S20
#[actix_web::test]
async fn looking_around_creates_nothing_on_the_server() {
    let shop = Shop::open(Place::Sqlite, "looking");
    let guest = Browser::new(&shop);
    for path in PAGES {
        guest.get(path).await;
    }
    assert_eq!(guest.cookie("__Host-user"), None);
    assert_eq!(guest.cookie("__Host-cart"), None);
    assert!(
        guest.cookie("__Host-session").is_some(),
        "the visits are in the cookie"
    );
}

/// G4, G11
#[actix_web::test]
async fn visits_are_counted_in_the_sealed_cookie() {
    let shop = Shop::open(Place::Sqlite, "visits");
    let guest = Browser::new(&shop);
    assert!(guest.get("/").await.text.contains("your first visit"));
    assert!(guest.get("/").await.text.contains("visit 2"));
    let shop = shop.reopen();
    assert!(guest.copy(&shop).get("/").await.text.contains("visit 3"));
    guest.plant("__Host-session", "forged");
    assert!(guest.copy(&shop).get("/").await.text.contains("your first visit"));
}

/// G19
#[actix_web::test]
async fn the_tea_last_looked_at_is_believed_only_if_there_is_one() {
    let shop = Shop::open(Place::Sqlite, "last");
    let guest = Browser::new(&shop);
    let link = "You last looked at <a href=\"/product/oolong\">Milk Oolong</a>";
    guest.get("/product/oolong").await;
    assert_eq!(guest.cookie("last_viewed").as_deref(), Some("oolong"));
    assert!(guest.get("/").await.text.contains(link));
    guest.get("/product/nothing").await;
    assert!(
        guest.get("/").await.text.contains(link),
        "what does not exist was not looked at"
    );

    for forged in ["nothing", "<script>alert(1)</script>", "../cart", "%22", ""] {
        guest.plant("last_viewed", forged);
        let page = guest.get("/").await;
        assert_eq!(page.status, 200, "{forged}");
        assert!(!page.text.contains("You last looked at"), "{forged}");
        assert!(!page.text.contains("<script"), "{forged}");
    }
}

#[actix_web::test]
async fn what_does_not_exist_has_a_page_of_its_own() {
    let shop = Shop::open(Place::Sqlite, "missing");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada").await;
    ada.submit("/cart/sencha").await;
    ada.get("/").await;
    for path in [
        "/product/none",
        "/product/%00",
        "/product/sencha/",
        "/nowhere",
        "/cart/sencha",
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text.contains("not on our shelf"), "{path}");
    }
    for path in ["/cart/none", "/cart/none/remove", "/cart/%22%3E/remove"] {
        let reply = ada.form(path).send().await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text().contains("not on our shelf"), "{path}");
    }
    assert_eq!(ada.get("/cart").await.cart(), cart([("sencha", 1)]));
}

#[actix_web::test]
async fn pages_ask_for_nothing_from_elsewhere_and_run_no_scripts() {
    let shop = Shop::open(Place::Sqlite, "assets");
    let browser = Client::for_origin(&shop.origin());
    for path in PAGES {
        let reply = browser.get(path).send().await;
        let policy = reply
            .header("content-security-policy")
            .expect("pages have a policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'"),
            "{policy}"
        );
        let text = reply.text();
        let mut addresses = attributes(&text, "href");
        addresses.extend(attributes(&text, "src"));
        addresses.extend(attributes(&text, "action"));
        let elsewhere: Vec<_> = addresses
            .iter()
            .filter(|address| !address.starts_with(['/', '#']) && !address.starts_with("data:image/svg+xml,"))
            .collect();
        assert!(
            addresses.len() > 4 && elsewhere.is_empty(),
            "{path}: {elsewhere:?}"
        );
        assert!(!text.contains("<script"), "{path}");
        let attributes = text.split_whitespace().filter_map(|word| word.split_once("=\""));
        let mut names = attributes.map(|(name, _)| name);
        assert!(
            names.all(|name| name != "style" && !name.starts_with("on")),
            "{path}"
        );
    }
}

/// What assistive technology needs: a language, one heading of the first level, a label or a text on every control.
#[actix_web::test]
async fn pages_are_labelled() {
    let shop = Shop::open(Place::Sqlite, "labels");
    let guest = Browser::new(&shop);
    guest.submit("/cart/sencha").await;
    for path in PAGES {
        let text = guest.get(path).await.text;
        assert!(text.contains("<html lang=\"en\">"), "{path}");
        assert_eq!(text.matches("<h1>").count(), 1, "{path}");
        assert_eq!(text.matches("<main ").count(), 1, "{path}");
        let labelled = attributes(&text, "for");
        for input in text.split("<input").skip(1) {
            let id = attributes(input, "id").remove(0);
            assert!(labelled.contains(&id), "{path}: {id}");
        }
        for picture in text.split("<svg").skip(1) {
            let tag = picture.split('>').next().unwrap_or_default();
            assert!(
                tag.contains("aria-hidden=\"true\""),
                "{path}: pictures only decorate"
            );
        }
    }
}

/// G3, S38
#[actix_web::test]
async fn the_style_sheet_has_no_sessions_and_may_be_cached() {
    let shop = Shop::open(Place::Sqlite, "style");
    let browser = Client::for_origin(&shop.origin());
    browser.get("/").send().await;
    let reply = browser.get("/style.css").send().await;
    assert_eq!(reply.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("max-age=60"));
    assert_eq!(reply.header("vary"), None);
    assert!(reply.set_cookies().is_empty());
    assert!(reply.text().contains("prefers-color-scheme: dark"));
}
