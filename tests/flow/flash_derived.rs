//! Flash messages with a type of their own, derived.

use serde::{Deserialize, Serialize};
use sessions_runtime::prelude::*;

use crate::places::{PLACES, on_both_places};

#[derive(Flash, Serialize, Deserialize, Debug, PartialEq)]
#[flash(queue = "shop")]
enum Notice {
    #[flash(level = "success", text = "Added {count} x {sku} to your cart")]
    Added { sku: String, count: u32 },
    #[flash(level = "error", text = "{0} is {{sold out}}")]
    SoldOut(String),
    #[flash(level(other = "party"), text = "Free delivery today")]
    Free,
}

/// Its text comes from its own `Display`, and its queue from its name.
#[derive(Flash, Serialize, Deserialize, Debug, PartialEq)]
#[flash(level = "warning")]
struct LowStock {
    left: u32,
}

impl std::fmt::Display for LowStock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "only {} left", self.left)
    }
}

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    Ok(match step {
        "add" => {
            session.add_flash(Notice::Added {
                sku: "tea".to_owned(),
                count: 2,
            })?;
            session.add_flash(LowStock { left: 3 })?;
            session.add_flash(Notice::SoldOut("oolong".to_owned()))?;
            session.add_flash(Notice::Free)?;
            String::new()
        }
        "take_notices" => format!("{:?}", session.take_flashes_of::<Notice>().await?),
        "take_low_stock" => format!("{:?}", session.take_flashes_of::<LowStock>().await?),
        _ => {
            let messages = session.take_flashes().await?;
            let told = messages
                .iter()
                .map(|one| format!("{}/{}:{}", one.queue(), one.level(), one.text()));
            told.collect::<Vec<_>>().join(", ")
        }
    })
}

/// T69, T70
#[actix_web::test]
async fn derived_messages_come_back_as_their_type_each_from_its_own_queue() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("add").await;
        assert_eq!(step("take_low_stock").await, "[LowStock { left: 3 }]", "{place}");
        let notices = r#"[Added { sku: "tea", count: 2 }, SoldOut("oolong"), Free]"#;
        assert_eq!(step("take_notices").await, notices, "{place}");
        assert_eq!(step("take_notices").await, "[]", "{place}");
    }
}

/// T69
#[actix_web::test]
async fn a_page_layout_shows_the_texts_and_levels_of_derived_messages() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("add").await;
        let shown = "shop/success:Added 2 x tea to your cart, low_stock/warning:only 3 left, \
                     shop/error:oolong is {sold out}, shop/party:Free delivery today";
        assert_eq!(step("show").await, shown, "{place}");
    }
}
