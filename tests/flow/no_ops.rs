//! Every call that changes nothing, alone on a freshly loaded session: no write, no cookie.

use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Operation;
use sessions_runtime::{Flash, Session, SessionError, SessionStore};

use crate::places::{PLACES, describe, ignore, on_both_places};

#[derive(Serialize, Deserialize)]
struct Nobody;

impl Flash for Nobody {
    const QUEUE: &'static str = "nobody";
}

/// What leaves the session as it is.
const STEPS: [&str; 31] = [
    "insert_equal",
    "remove_absent",
    "take_absent",
    "update_same",
    "modify_same",
    "insert_and_back",
    "insert_and_remove",
    "remove_and_insert",
    "take_and_insert",
    "update_and_back",
    "clear_and_fill",
    "take_flashes_from_absent",
    "take_flashes_of_absent",
    "get",
    "get_absent",
    "get_wrong_type",
    "contains_key",
    "len",
    "is_empty",
    "keys",
    "is_new",
    "origin",
    "is_modified",
    "name",
    "backend",
    "peek_flashes",
    "peek_flashes_from",
    "peek_flashes_of",
    "save",
    "refused_insert",
    "nothing",
];

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => {
            session.insert("number", 1)?;
            session.insert("list", [1])?;
            session.add_flash("waiting")?;
        }
        "fill_flash" => session.add_flash("waiting")?,
        "fill_entries" | "insert_equal" => session.insert("number", 1)?,
        "remove_absent" => ignore(session.remove("absent")),
        "take_absent" => ignore(session.take::<u32>("absent")?),
        "update_same" => ignore(session.update("number", |n: Option<u32>| n.unwrap_or(1))?),
        "modify_same" => session.modify("number", |_: &mut u32| ())?,
        "insert_and_back" => {
            session.insert("number", 2)?;
            session.insert("number", 1)?;
        }
        "insert_and_remove" => {
            session.insert("more", 2)?;
            session.remove("more");
        }
        "remove_and_insert" => {
            session.remove("number");
            session.insert("number", 1)?;
        }
        "take_and_insert" => {
            let number = session.take::<u32>("number")?;
            session.insert("number", number)?;
        }
        "update_and_back" => {
            session.update("number", |n: Option<i32>| n.unwrap_or(0) + 1)?;
            session.update("number", |n: Option<i32>| n.unwrap_or(0) - 1)?;
        }
        "clear_and_fill" => {
            session.clear();
            session.insert("list", [1])?;
            session.insert("number", 1)?;
        }
        "clear" => session.clear(),
        "take_flashes" => ignore(session.take_flashes().await?),
        "take_flashes_from_absent" => ignore(session.take_flashes_from("nobody").await?),
        "take_flashes_of_absent" => ignore(session.take_flashes_of::<Nobody>().await?),
        "get" => ignore(session.get::<u32>("number")?),
        "get_absent" => ignore(session.get::<u32>("absent")?),
        "get_wrong_type" => ignore(session.get::<String>("number")),
        "contains_key" => ignore(session.contains_key("number")),
        "len" => ignore(session.len()),
        "is_empty" => ignore(session.is_empty()),
        "keys" => ignore(session.keys()),
        "is_new" => ignore(session.is_new()),
        "origin" => ignore(session.origin()),
        "is_modified" => ignore(session.is_modified()),
        "name" => ignore(session.name().to_owned()),
        "backend" => ignore(session.backend().clone()),
        "peek_flashes" => ignore(session.peek_flashes()?),
        "peek_flashes_from" => ignore(session.peek_flashes_from("nobody")?),
        "peek_flashes_of" => ignore(session.peek_flashes_of::<Nobody>()?),
        "flash_and_take" => {
            session.add_flash("came")?;
            ignore(session.take_flashes().await?);
        }
        "save" => session.save().await?,
        "refused_insert" => ignore(session.insert("", 1)),
        "renew" => session.renew(),
        "destroy" => session.destroy(),
        "show" => return describe(session),
        _ => {}
    }
    Ok(session.is_modified().to_string())
}

/// Does `step` after `fill`, and checks that nothing but a load came of it.
async fn changes_nothing(place: &str, fill: &str, step: &str) {
    let site = site_with(|builder| builder);
    let client = site.client();
    client.get(&format!("{place}/{fill}")).send().await;
    let before = client.get(&format!("{place}/show")).send().await.text();
    site.later(1);
    site.backend.take_operations();
    let reply = client.get(&format!("{place}/{step}")).send().await;
    assert_eq!(reply.text(), "false", "{place}/{step}: is_modified");
    assert!(reply.set_cookies().is_empty(), "{place}/{step}: a cookie");
    let loads = if place == "/kept" {
        vec![Operation::Load]
    } else {
        vec![]
    };
    assert_eq!(site.backend.take_operations(), loads, "{place}/{step}");
    let after = client.get(&format!("{place}/show")).send().await.text();
    assert_eq!(after, before, "{place}/{step}");
}

/// T14, T15, T67
#[actix_web::test]
async fn what_changes_nothing_writes_nothing() {
    for place in PLACES {
        for step in STEPS {
            changes_nothing(place, "fill", step).await;
        }
    }
}

/// T15, T67
#[actix_web::test]
async fn clearing_no_entries_and_taking_no_messages_write_nothing() {
    for place in PLACES {
        changes_nothing(place, "fill_flash", "clear").await;
        changes_nothing(place, "fill_entries", "take_flashes").await;
        changes_nothing(place, "fill_entries", "flash_and_take").await;
    }
}

/// T12, T14, T15, T67
#[actix_web::test]
async fn a_new_session_that_nothing_is_put_into_leaves_no_trace() {
    // These end with an entry.
    let filling = [
        "insert_equal",
        "insert_and_back",
        "update_same",
        "modify_same",
        "remove_and_insert",
        "take_and_insert",
        "update_and_back",
        "clear_and_fill",
    ];
    let more = ["clear", "take_flashes", "renew", "destroy"];
    for place in PLACES {
        let site = site_with(|builder| builder);
        for step in STEPS
            .into_iter()
            .filter(|step| !filling.contains(step))
            .chain(more)
        {
            let reply = site.client().get(&format!("{place}/{step}")).send().await;
            assert_eq!(
                (reply.status.as_u16(), reply.text().as_str()),
                (200, "false"),
                "{place}/{step}"
            );
            assert!(reply.set_cookies().is_empty(), "{place}/{step}");
            assert_eq!(site.backend.take_operations(), [], "{place}/{step}");
        }
        assert!(site.memory.is_empty(), "{place}");
    }
}
