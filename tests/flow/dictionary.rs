//! A session is like a dictionary of typed values.

use sessions_runtime::testing::Operation;
use sessions_runtime::{ErrorKind, Session, SessionError, SessionStore};

use crate::places::{PLACES, kind, on_both_places, told};

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    Ok(match step {
        "fill" => {
            session.insert("b", 2)?;
            session.insert("a", "one")?;
            session.insert("nested", vec![vec![1]])?;
            "filled".to_owned()
        }
        "look" => {
            let values = (
                session.get::<String>("a")?,
                session.get::<u8>("b")?,
                session.get::<u8>("c")?,
            );
            let there = (session.contains_key("a"), session.contains_key("c"));
            format!(
                "{:?} {values:?} {there:?} {} {}",
                session.keys(),
                session.len(),
                session.is_empty()
            )
        }
        "absent" => {
            let taken = (
                session.take::<String>("c")?,
                session.take::<String>("a")?,
                session.take::<String>("a")?,
            );
            format!(
                "{taken:?} {} {} {}",
                session.remove("c"),
                session.remove("b"),
                session.remove("b")
            )
        }
        "wrong_type" => {
            let errors = [
                kind(session.get::<u8>("a")),
                kind(session.take::<u8>("a")),
                kind(session.update("a", |n: Option<u8>| n.unwrap_or(1))),
                kind(session.modify("a", |n: &mut u8| *n += 1)),
            ];
            format!("{} {}", errors.join(" "), session.is_modified())
        }
        "wrong_name" => {
            let long = "n".repeat(257);
            let errors = [
                kind(session.insert("", 1)),
                kind(session.insert(&long, 1)),
                kind(session.update(&long, |_: Option<u8>| 1)),
                kind(session.modify("", |_: &mut u8| ())),
                kind(session.insert(&long[1..], 1)),
            ];
            errors.join(" ")
        }
        "deep" => {
            session.modify("nested", |nested: &mut Vec<Vec<u8>>| nested[0].push(2))?;
            format!("{:?}", session.get::<Vec<Vec<u8>>>("nested")?)
        }
        "shared" => {
            let twin = session.clone();
            twin.insert("b", 3)?;
            format!("{:?}", session.get::<u8>("b")?)
        }
        "within" => {
            let inner = session.clone();
            let sum = session.update("b", move |n: Option<u8>| {
                let other = inner
                    .get::<Vec<Vec<u8>>>("nested")
                    .ok()
                    .flatten()
                    .map_or(0, |nested| nested.len());
                n.unwrap_or(0) + u8::try_from(other).unwrap_or(0) + u8::from(inner.contains_key("a"))
            })?;
            let inner = session.clone();
            session.modify("b", move |n: &mut u8| *n += u8::from(inner.is_modified()))?;
            format!("{sum} {:?}", session.get::<u8>("b")?)
        }
        "save_twice" => {
            session.insert("b", 1)?;
            session.save().await?;
            session.save().await?;
            format!("{} {}", session.is_new(), session.is_modified())
        }
        "origin" => format!("{} {}", session.is_new(), session.origin()),
        _ => "nothing".to_owned(),
    })
}

/// T16, T21, G5
#[actix_web::test]
async fn a_session_is_a_dictionary() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        assert_eq!(
            step("look").await,
            "[] (None, None, None) (false, false) 0 true",
            "{place}"
        );
        step("fill").await;
        let names = r#"["a", "b", "nested"]"#;
        let look = format!(r#"{names} (Some("one"), Some(2), None) (true, false) 3 false"#);
        assert_eq!(step("look").await, look, "{place}");
        let wrong = told(ErrorKind::Type);
        assert_eq!(
            step("wrong_type").await,
            format!("{wrong} {wrong} {wrong} {wrong} false"),
            "{place}"
        );
        assert_eq!(step("look").await, look, "{place}: what has another type stays");
        assert_eq!(
            step("absent").await,
            r#"(None, Some("one"), None) false true false"#,
            "{place}"
        );
        assert_eq!(
            step("look").await,
            r#"["nested"] (None, None, None) (false, false) 1 false"#,
            "{place}"
        );
    }
}

/// T17
#[actix_web::test]
async fn a_change_deep_inside_a_value_is_kept() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        let step = async |step: &str| client.get(&format!("{place}/{step}")).send().await.text();
        step("fill").await;
        assert_eq!(step("deep").await, "Some([[1, 2]])", "{place}");
        assert_eq!(step("deep").await, "Some([[1, 2, 2]])", "{place}");
    }
}

/// T9
#[actix_web::test]
async fn clones_of_a_session_are_the_same_session() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        assert_eq!(
            site.client().get(&format!("{place}/shared")).send().await.text(),
            "Some(3)",
            "{place}"
        );
    }
}

/// P38
#[actix_web::test]
async fn a_function_given_to_update_may_use_the_session() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        client.get(&format!("{place}/fill")).send().await;
        assert_eq!(
            client.get(&format!("{place}/within")).send().await.text(),
            "4 Some(5)",
            "{place}"
        );
        assert_eq!(
            client.get(&format!("{place}/within")).send().await.text(),
            "7 Some(8)",
            "{place}"
        );
    }
}

/// T47
#[actix_web::test]
async fn entry_names_have_between_1_and_256_bytes() {
    let refused = told(ErrorKind::InvalidName);
    for place in PLACES {
        let site = site_with(|builder| builder);
        let reply = site.client().get(&format!("{place}/wrong_name")).send().await;
        assert_eq!(
            reply.text(),
            format!("{refused} {refused} {refused} {refused} fine"),
            "{place}"
        );
    }
}

/// T19, T13
#[actix_web::test]
async fn saving_twice_writes_once_and_the_session_stays_new_in_its_request() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        let reply = client.get(&format!("{place}/save_twice")).send().await;
        let modified = place == "/sealed"; // It is written with the response.
        assert_eq!(reply.text(), format!("true {modified}"), "{place}");
        assert_eq!(reply.set_cookies().len(), 1, "{place}");
        let writes = if place == "/kept" {
            vec![Operation::Create]
        } else {
            vec![]
        };
        assert_eq!(site.backend.take_operations(), writes, "{place}");
    }
}

/// T13, T12
#[actix_web::test]
async fn a_session_tells_where_it_came_from() {
    for place in PLACES {
        let site = site_with(|builder| builder);
        let client = site.client();
        let origin = async || client.get(&format!("{place}/origin")).send().await.text();
        assert_eq!(origin().await, "true no cookie", "{place}");
        client.get(&format!("{place}/fill")).send().await;
        assert_eq!(origin().await, "false loaded", "{place}");
    }
}
