//! `session.save()`: committing now, before a step that cannot be undone.

use sessions_runtime::{Session, SessionError, SessionStore};

use crate::places::{PLACES, describe, on_both_places};

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    match step {
        "fill" => session.insert("user", "ada")?,
        "save_and_fail" => {
            session.insert("user", "saved")?;
            session.save().await?;
            session.insert("user", "not saved")?;
            return Err(session.get::<u8>("user").expect_err("it is a text"));
        }
        "renew_save_change" => {
            session.renew();
            session.save().await?;
            session.insert("more", true)?;
        }
        "destroy_save_change" => {
            session.destroy();
            session.save().await?;
            session.insert("more", true)?;
        }
        _ => {}
    }
    describe(session)
}

/// T25, T24
/// A sealed session travels with the response, and with nothing else.
#[actix_web::test]
async fn what_was_saved_ahead_stays_saved_whatever_the_status() {
    for (place, left) in [("/sealed", ""), ("/kept", r#"user="saved""#)] {
        let site = site_with(|builder| builder);
        let client = site.client();
        let reply = client.get(&format!("{place}/save_and_fail")).send().await;
        assert_eq!(reply.status, 500, "{place}");
        assert_eq!(
            client.get(&format!("{place}/show")).send().await.text(),
            left,
            "{place}"
        );
    }
}

/// T62, T24
#[actix_web::test]
async fn changes_after_a_save_ahead_are_saved_too() {
    for place in PLACES {
        for (step, shown) in [
            ("renew_save_change", r#"more=true user="ada""#),
            ("destroy_save_change", "more=true"),
        ] {
            let site = site_with(|builder| builder);
            let client = site.client();
            client.get(&format!("{place}/fill")).send().await;
            site.later(1);
            let before = client.fork();
            let reply = client.get(&format!("{place}/{step}")).send().await;
            assert_eq!(
                (reply.text().as_str(), reply.set_cookies().len()),
                (shown, 1),
                "{place}/{step}"
            );
            assert_eq!(
                client.get(&format!("{place}/show")).send().await.text(),
                shown,
                "{place}/{step}"
            );
            if place == "/kept" {
                assert_eq!(
                    before.get("/kept/show").send().await.text(),
                    "",
                    "{step}: the old id is dead"
                );
            }
        }
    }
}
