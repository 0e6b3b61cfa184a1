//! Input that nobody means well.

use crate::browser::{Browser, cart, messages};
use crate::shop::{Place, Shop};

#[actix_web::test]
async fn names_are_shown_as_text_and_never_as_markup() {
    let shop = Shop::open(Place::Sqlite, "markup");
    let mallory = Browser::new(&shop);
    for name in [
        "<script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "'><img src=x onerror=alert(1)>",
        "{{ user }}&amp;</body>",
        "Ada Lovelace, née Byron ☕",
    ] {
        let page = mallory.sign_in(name).await;
        assert_eq!(page.user().as_deref(), Some(name));
        assert_eq!(
            page.messages(),
            messages([("success", &format!("Welcome, {name}"))])
        );
        for markup in ["<script", "<img", "\" onload", "</body>\""] {
            assert!(!page.text.contains(markup), "{name}: {}", page.text);
        }
    }
}

#[actix_web::test]
async fn a_bad_name_is_told_and_nothing_is_lost() {
    let shop = Shop::open(Place::Sqlite, "names");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada").await;
    ada.submit("/cart/sencha").await;
    ada.get("/").await;

    let long = "a".repeat(41);
    let huge = "a".repeat(100_000);
    let bad: [&[(&str, &str)]; 7] = [
        &[("user", "")],
        &[("user", " \t ")],
        &[("user", &long)],
        &[("user", &huge)],
        &[("user", "Ada\nBob")],
        &[("name", "Bob")],
        &[],
    ];
    for fields in bad {
        let reply = ada.form("/login").form(fields).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (303, Some("/"))
        );
        let page = ada.get("/cart").await;
        let expected = messages([("error", "Please enter a name of 1 to 40 characters")]);
        assert_eq!(page.messages(), expected);
        assert_eq!(page.user().as_deref(), Some("Ada"));
        assert_eq!(page.cart(), cart([("sencha", 1)]));
    }
    let reply = ada.form("/login").body("no form at all").send().await;
    assert_eq!(reply.status, 303);

    let page = ada.sign_in(&format!("  {}  ", "é".repeat(40))).await;
    assert_eq!(
        page.user(),
        Some("é".repeat(40)),
        "characters count, spaces around do not"
    );
}

/// T73
/// A sealed cookie has little room; a message that finds none is not worth the order it tells of.
#[actix_web::test]
async fn more_messages_than_fit_cost_no_order() {
    let shop = Shop::open(Place::Sqlite, "flood");
    let bot = Browser::new(&shop);
    bot.sign_in(&"€".repeat(40)).await;
    for _ in 0..100 {
        bot.submit("/cart/earl-grey").await;
        bot.form("/login").form(&[("user", &"€".repeat(40))]).send().await;
    }
    let page = bot.get("/cart").await;
    assert_eq!(page.cart(), cart([("earl-grey", 100)]));
    assert_eq!(page.messages().len(), 8);
}
