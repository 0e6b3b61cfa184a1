//! Flash messages with a type of their own, written by hand.

use serde::{Deserialize, Serialize};
use sessions_runtime::{Flash, FlashMessage, Level, Session, SessionError, SessionStore};

use crate::places::{PLACES, on_both_places};
use crate::support::logs;

#[derive(Serialize, Deserialize, Debug, PartialEq)]
enum Notice {
    Added { sku: String, count: u32 },
    SoldOut,
    Custom(String),
}

impl Flash for Notice {
    const QUEUE: &'static str = "notice";

    fn level(&self) -> Level {
        match self {
            Self::Added { .. } => Level::Success,
            Self::SoldOut => Level::Error,
            Self::Custom(_) => Level::Other("custom".to_owned()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Added { sku, count } => format!("added {count} {sku}"),
            Self::SoldOut => "sold out".to_owned(),
            Self::Custom(text) => text.clone(),
        }
    }
}

/// The type before a deploy, and after it: they cannot read each other.
#[derive(Serialize, Deserialize)]
struct Before(String);

#[derive(Serialize, Deserialize, Debug)]
struct After {
    count: u32,
}

impl Flash for Before {
    const QUEUE: &'static str = "changed_by_deploy";

    fn text(&self) -> String {
        self.0.clone()
    }
}

impl Flash for After {
    const QUEUE: &'static str = "changed_by_deploy";
}

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    Ok(match step {
        "add" => {
            session.add_flash(Notice::Added {
                sku: "tea".to_owned(),
                count: 2,
            })?;
            session.add_flash("text between")?;
            session.add_flash(Notice::SoldOut)?;
            session.add_flash(Notice::Custom("hello".to_owned()))?;
            String::new()
        }
        "peek_typed" => format!("{:?}", session.peek_flashes_of::<Notice>()?),
        "take_typed" => format!("{:?}", session.take_flashes_of::<Notice>().await?),
        "take_shown" => list(&session.take_flashes().await?),
        "peek_shown" => list(&session.peek_flashes()?),
        "add_before" => {
            session.add_flash(Before("private text".to_owned()))?;
            session.add_flash(After { count: 3 })?;
            String::new()
        }
        "take_after" => format!("{:?}", session.take_flashes_of::<After>().await?),
        "add_text_to_typed" => {
            session.add_flash_to("notice", "not a notice")?;
            String::new()
        }
        _ => {
            session.add_flash_to("elsewhere", Notice::SoldOut)?;
            let elsewhere = session.take_flashes_from("elsewhere").await?;
            format!(
                "{} {:?}",
                list(&elsewhere),
                session.take_flashes_of::<Notice>().await?
            )
        }
    })
}

fn list(messages: &[FlashMessage]) -> String {
    let told = messages
        .iter()
        .map(|one| format!("{}/{}:{}", one.queue(), one.level(), one.text()));
    told.collect::<Vec<_>>().join(", ")
}

const NOTICES: &str = r#"[Added { sku: "tea", count: 2 }, SoldOut, Custom("hello")]"#;

/// T69, T70
#[actix_web::test]
async fn typed_messages_come_back_as_their_type() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("add").await;
        assert_eq!(step("peek_typed").await, NOTICES, "{place}");
        assert_eq!(step("take_typed").await, NOTICES, "{place}");
        assert_eq!(step("take_typed").await, "[]", "{place}");
        assert_eq!(step("take_shown").await, "flash/info:text between", "{place}");
    }
}

/// T69
#[actix_web::test]
async fn a_page_layout_shows_typed_messages_without_knowing_the_type() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("add").await;
        let shown =
            "notice/success:added 2 tea, flash/info:text between, notice/error:sold out, notice/custom:hello";
        assert_eq!(step("take_shown").await, shown, "{place}");
        assert_eq!(step("take_typed").await, "[]", "{place}");
    }
}

/// T69
#[actix_web::test]
async fn a_typed_message_may_go_to_another_queue() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let reply = site.client().get(&format!("{place}/elsewhere")).send().await;
        assert_eq!(reply.text(), "elsewhere/error:sold out []", "{place}");
    }
}

/// T69
/// A deploy must not make every later page fail.
#[actix_web::test]
async fn a_message_that_no_longer_decodes_is_dropped_with_a_line_in_the_log() {
    let logs = logs::capture();
    let site = site_with(|builder| builder);
    for place in PLACES {
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("add_before").await;
        let mark = logs.mark();
        assert_eq!(step("take_after").await, "[After { count: 3 }]", "{place}");
        let lines = logs.lines(mark, "changed_by_deploy");
        assert_eq!(lines.len(), 1, "{place}: {lines:?}");
        assert!(
            lines[0].contains("no longer decodes") && !lines[0].contains("private text"),
            "{}",
            lines[0]
        );
        assert_eq!(step("peek_shown").await, "", "{place}: it is dropped");
        step("add_text_to_typed").await;
        assert_eq!(step("take_typed").await, "[]", "{place}");
        assert_eq!(step("peek_shown").await, "", "{place}");
    }
}
