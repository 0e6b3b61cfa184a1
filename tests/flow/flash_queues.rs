//! Flash messages in their queues: order, taking, peeking, levels, bounds.

use sessions_runtime::testing::{Client, Operation};
use sessions_runtime::{ErrorKind, FlashMessage, Level, Session, SessionError, SessionStore};

use crate::places::{PLACES, kind, on_both_places, told};

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    let (verb, word) = step.split_once('-').unwrap_or((step, ""));
    Ok(match verb {
        "add" => {
            session.add_flash(word)?;
            String::new()
        }
        "side" => {
            session.add_flash_to("side", word)?;
            String::new()
        }
        "levels" => {
            for level in levels() {
                session.add_flash((level, "text"))?;
            }
            String::new()
        }
        "texts" => {
            let owned = "string".to_owned();
            session.add_flash("str")?;
            session.add_flash(&owned)?;
            session.add_flash(owned)?;
            session.add_flash(std::borrow::Cow::Borrowed("cow"))?;
            session.add_flash(format_args!("{} items", 3))?;
            session.add_flash((Level::Info, "pair".to_owned()))?;
            String::new()
        }
        "take" => list(&session.take_flashes().await?),
        "take_side" => list(&session.take_flashes_from("side").await?),
        "take_text" => list(&session.take_flashes_from("flash").await?),
        "peek" => list(&session.peek_flashes()?),
        "peek_side" => list(&session.peek_flashes_from("side")?),
        "add_and_take" => {
            session.add_flash(word)?;
            let first = list(&session.take_flashes().await?);
            format!("{first}, then {}", list(&session.take_flashes().await?))
        }
        "many" => {
            let number = word.parse().unwrap_or(0);
            let added = (0..number).map(|n| session.add_flash(n.to_string()));
            kind(added.collect::<Result<Vec<()>, _>>())
        }
        "long" => kind(session.add_flash("x".repeat(word.parse().unwrap_or(0)))),
        "unnamed" => {
            let long = "n".repeat(257);
            format!(
                "{} {}",
                kind(session.add_flash_to("", "x")),
                kind(session.add_flash_to(&long, "x"))
            )
        }
        "collide" => {
            session.insert("flash", 1)?;
            session.insert("_flash", 2)?;
            session.add_flash("message")?;
            String::new()
        }
        "collided" => {
            let entries = (
                session.get::<u8>("flash")?,
                session.get::<u8>("_flash")?,
                session.len(),
            );
            format!("{entries:?} {}", list(&session.take_flashes().await?))
        }
        _ => session.len().to_string(),
    })
}

fn levels() -> [Level; 7] {
    let other = Level::Other("party time".to_owned());
    [
        Level::Debug,
        Level::Info,
        Level::Success,
        Level::Warning,
        Level::Error,
        Level::from("success"),
        other,
    ]
}

fn list(messages: &[FlashMessage]) -> String {
    let told = messages
        .iter()
        .map(|one| format!("{}/{}:{}", one.queue(), one.level(), one.text()));
    told.collect::<Vec<_>>().join(" ")
}

async fn steps(client: &Client, place: &str, steps: &[&str]) -> String {
    let mut last = String::new();
    for step in steps {
        let reply = client.get(&format!("{place}/{step}")).send().await;
        assert_eq!(reply.status, 200, "{place}/{step}");
        last = reply.text();
    }
    last
}

/// T65, T66, T68, G14, G15, G16, G17
#[actix_web::test]
async fn messages_of_all_queues_come_in_the_order_they_were_added_and_once() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        steps(&client, place, &["add-one", "side-two", "add-three"]).await;
        let all = "flash/info:one side/info:two flash/info:three";
        assert_eq!(steps(&client, place, &["take"]).await, all, "{place}");
        assert_eq!(steps(&client, place, &["take"]).await, "", "{place}");
    }
}

/// T66
#[actix_web::test]
async fn taking_one_queue_leaves_the_others_waiting() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        steps(&client, place, &["add-one", "side-two", "add-three", "side-four"]).await;
        assert_eq!(
            steps(&client, place, &["take_side"]).await,
            "side/info:two side/info:four",
            "{place}"
        );
        assert_eq!(steps(&client, place, &["take_side"]).await, "", "{place}");
        assert_eq!(
            steps(&client, place, &["take_text"]).await,
            "flash/info:one flash/info:three",
            "{place}"
        );
        assert_eq!(steps(&client, place, &["peek"]).await, "", "{place}");
    }
}

/// T68
#[actix_web::test]
async fn messages_wait_any_number_of_requests_and_show_in_their_own() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        assert_eq!(
            steps(&client, place, &["add_and_take-here"]).await,
            "flash/info:here, then ",
            "{place}"
        );
        steps(&client, place, &["add-later", "nothing", "nothing", "nothing"]).await;
        assert_eq!(
            steps(&client, place, &["add_and_take-now"]).await,
            "flash/info:later flash/info:now, then "
        );
        assert_eq!(steps(&client, place, &["peek"]).await, "", "{place}");
    }
}

/// T65
#[actix_web::test]
async fn peeking_consumes_nothing() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        steps(&client, place, &["add-one", "side-two"]).await;
        for _ in 0..2 {
            assert_eq!(
                steps(&client, place, &["peek"]).await,
                "flash/info:one side/info:two",
                "{place}"
            );
            assert_eq!(
                steps(&client, place, &["peek_side"]).await,
                "side/info:two",
                "{place}"
            );
        }
        assert_eq!(
            steps(&client, place, &["take"]).await,
            "flash/info:one side/info:two",
            "{place}"
        );
    }
}

/// T69, T70
#[actix_web::test]
async fn levels_and_texts_come_back_alike_from_every_place() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        steps(&client, place, &["levels"]).await;
        let expected: Vec<String> = levels()
            .iter()
            .map(|level| format!("flash/{level}:text"))
            .collect();
        assert_eq!(
            steps(&client, place, &["take"]).await,
            expected.join(" "),
            "{place}"
        );
        steps(&client, place, &["texts"]).await;
        let texts = "flash/info:str flash/info:string flash/info:string flash/info:cow flash/info:3 items flash/info:pair";
        assert_eq!(steps(&client, place, &["take"]).await, texts, "{place}");
    }
}

/// T71
#[actix_web::test]
async fn entries_of_any_name_and_messages_do_not_meet() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        steps(&client, place, &["collide"]).await;
        let both = "(Some(1), Some(2), 2) flash/info:message";
        assert_eq!(steps(&client, place, &["collided"]).await, both, "{place}");
        assert_eq!(
            steps(&client, place, &["collided"]).await,
            "(Some(1), Some(2), 2) ",
            "{place}"
        );
    }
}

/// T73
#[actix_web::test]
async fn number_and_size_of_messages_are_bounded() {
    let too_large = told(ErrorKind::TooLarge);
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        assert_eq!(steps(&client, place, &["long-4097"]).await, too_large, "{place}");
        assert_eq!(steps(&client, place, &["many-64"]).await, "fine", "{place}");
        assert_eq!(steps(&client, place, &["many-1"]).await, too_large, "{place}");
        assert_eq!(steps(&client, place, &["many-1"]).await, too_large, "{place}");
        assert_eq!(
            steps(&client, place, &["take", "many-64"]).await,
            "fine",
            "{place}"
        );
        let small = site_with(|builder| builder.flash_limits(2, 10));
        let client = small.client();
        assert_eq!(steps(&client, place, &["long-11"]).await, too_large, "{place}");
        assert_eq!(
            steps(&client, place, &["long-10", "many-2"]).await,
            too_large,
            "{place}"
        );
    }
}

/// T73
#[actix_web::test]
async fn queue_names_have_between_1_and_256_bytes() {
    let refused = told(ErrorKind::InvalidName);
    let site = site_with(|builder| builder);
    for place in PLACES {
        assert_eq!(
            steps(&site.client(), place, &["unnamed"]).await,
            format!("{refused} {refused}"),
            "{place}"
        );
    }
}

/// T67, T72
#[actix_web::test]
async fn taking_claims_at_once_and_an_empty_queue_costs_nothing() {
    let site = site_with(|builder| builder);
    let client = site.client();
    steps(&client, "/kept", &["add-one"]).await;
    site.backend.take_operations();
    steps(&client, "/kept", &["take"]).await;
    assert_eq!(
        site.backend.take_operations(),
        [Operation::Load, Operation::Replace]
    );
    steps(&client, "/kept", &["take"]).await;
    assert_eq!(site.backend.take_operations(), [Operation::Load]);
}
