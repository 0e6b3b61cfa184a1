//! What a value looks like after it went through a cookie or a record.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::IpAddr;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sessions_runtime::{ErrorKind, Session, SessionError, SessionStore};

use crate::places::{COOKIE, PLACES, kind, on_both_places, told};

#[derive(Serialize)]
struct OldProfile {
    name: &'static str,
    visits: u32,
    gone: bool,
}

#[derive(Deserialize, Debug)]
struct NewProfile {
    #[serde(default)]
    added: Vec<u8>,
    visits: u32,
    name: String,
}

#[derive(Serialize)]
enum OldPlan {
    Free,
    Paid(u8),
}

#[derive(Deserialize, Debug, PartialEq)]
enum NewPlan {
    Trial,
    Free,
    Paid(u8),
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Visit {
    from: IpAddr,
    lasted: Duration,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Flat {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
    #[serde(flatten)]
    visit: Visit,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    Seen(Visit),
    Left,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Untagged {
    From(IpAddr),
    Text(String),
}

on_both_places!(act);

async fn act(step: &str, session: &Session, _: &SessionStore) -> Result<String, SessionError> {
    let visit = Visit {
        from: IpAddr::from([127, 0, 0, 1]),
        lasted: Duration::from_millis(1_500),
    };
    let shapes = Shapes {
        session,
        write: step == "write_shapes",
    };
    Ok(match step {
        "write_numbers" => {
            session.insert("answer", 42_u64)?;
            session.insert("most", u64::MAX)?;
            "written".to_owned()
        }
        "read_numbers" => [
            kind(session.get::<String>("answer")),
            kind(session.get::<bool>("answer")),
            format!("{:?}", session.get::<i32>("answer")?),
            format!("{:?}", session.get::<u8>("answer")?),
            kind(session.get::<i32>("most")),
            format!("{:?}", session.get::<u64>("most")?),
        ]
        .join(" "),
        "write_old" => {
            session.insert(
                "profile",
                OldProfile {
                    name: "ada",
                    visits: 3,
                    gone: true,
                },
            )?;
            session.insert("plan", [OldPlan::Free, OldPlan::Paid(7)])?;
            "written".to_owned()
        }
        "read_new" => {
            let profile = session.get::<NewProfile>("profile")?;
            let told = profile.map(|it| (it.name, it.visits, it.added));
            let plan = session.get::<Vec<NewPlan>>("plan")?;
            let same =
                plan == Some(vec![NewPlan::Free, NewPlan::Paid(7)]) && plan != Some(vec![NewPlan::Trial]);
            format!("{told:?} {same}")
        }
        "write_shapes" | "read_shapes" => {
            shapes.round_trip(
                "flat",
                Flat {
                    note: None,
                    visit: visit.clone(),
                },
            )?;
            shapes.round_trip(
                "noted",
                Flat {
                    note: Some("x".into()),
                    visit: visit.clone(),
                },
            )?;
            shapes.round_trip("tagged", [Tagged::Seen(visit), Tagged::Left])?;
            shapes.round_trip(
                "untagged",
                [Untagged::From([1, 2, 3, 4].into()), Untagged::Text("y".into())],
            )?;
            shapes.round_trip("json", serde_json::json!({"a": [1, null, {"b": 2.5}], "c": "d"}))?;
            shapes.round_trip("large", (u128::MAX, i128::MIN, 'ß', f64::INFINITY))?;
            shapes.round_trip("tuples", BTreeMap::from([((1, "a".to_owned()), true)]))?;
            shapes.round_trip("bytes", vec![0_u8, 200])?;
            shapes.round_trip("text", "line\r\n\0 \u{1F980}; Path=/".to_owned())?;
            shapes.round_trip("unit", ())?;
            "same".to_owned()
        }
        "write_option" => {
            session.insert("option", Some(None::<u8>))?;
            "written".to_owned()
        }
        "read_option" => format!("{:?}", session.get::<Option<Option<u8>>>("option")?),
        "write_other" => session
            .update("other", |n: Option<u8>| n.unwrap_or(0) + 1)?
            .to_string(),
        _ => kind(session.insert("bad", Refusing)),
    })
}

struct Shapes<'a> {
    session: &'a Session,
    write: bool,
}

impl Shapes<'_> {
    /// Writes the value, or checks that it reads back as it was written.
    fn round_trip<T>(&self, name: &str, value: T) -> Result<(), SessionError>
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug,
    {
        if self.write {
            return self.session.insert(name, value);
        }
        assert_eq!(self.session.get::<T>(name)?, Some(value), "{name}");
        Ok(())
    }
}

struct Refusing;

impl Serialize for Refusing {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}

/// Sends the steps one after the other, and gives the last answer of each place.
async fn run(steps: &[&str]) -> Vec<String> {
    let site = site_with(|builder| builder);
    let mut last = Vec::new();
    for place in PLACES {
        let client = site.client();
        let mut text = String::new();
        for step in steps {
            let reply = client.get(&format!("{place}/{step}")).send().await;
            assert_eq!(reply.status, 200, "{place}/{step}");
            text = reply.text();
        }
        last.push(text);
    }
    last
}

/// P5, T21
#[actix_web::test]
async fn integers_convert_where_they_fit_and_other_types_are_errors() {
    let wrong = told(ErrorKind::Type);
    let expected = format!("{wrong} {wrong} Some(42) Some(42) {wrong} Some({})", u64::MAX);
    assert_eq!(
        run(&["write_numbers", "read_numbers"]).await,
        [expected.clone(), expected]
    );
}

/// P6
#[actix_web::test]
async fn types_may_gain_lose_and_reorder_fields_between_deploys() {
    let expected = r#"Some(("ada", 3, [])) true"#;
    assert_eq!(run(&["write_old", "read_new"]).await, [expected, expected]);
}

/// P7, T69
#[actix_web::test]
async fn every_shape_that_serde_knows_reads_back() {
    assert_eq!(run(&["write_shapes", "read_shapes"]).await, ["same", "same"]);
    // Documented: the format has one nil.
    assert_eq!(
        run(&["write_option", "read_option"]).await,
        ["Some(None)", "Some(None)"]
    );
}

/// P8
/// What no handler reads is never decoded: it survives saves of other entries, also where no type for it is left.
#[actix_web::test]
async fn entries_that_are_not_touched_survive_saves() {
    assert_eq!(
        run(&["write_shapes", "write_other", "write_other", "read_shapes"]).await,
        ["same", "same"]
    );
}

/// P10
#[actix_web::test]
async fn cookies_hold_nothing_but_base64url() {
    let site = site_with(|builder| builder);
    for place in PLACES {
        let reply = site.client().get(&format!("{place}/write_shapes")).send().await;
        let value = reply.set_cookie(COOKIE).expect("a cookie").value;
        assert!(
            value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{value}"
        );
        assert!(value.len() > 40, "{value}");
    }
}

/// T21
#[actix_web::test]
async fn a_value_that_cannot_be_serialised_is_an_error() {
    let refused = told(ErrorKind::Encode);
    assert_eq!(run(&["insert_refusing"]).await, [refused.clone(), refused]);
}
