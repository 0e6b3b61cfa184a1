//! Every shape that serde gives a type: what it is stored as, and that it comes back.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Operation;
use sessions_runtime::{SessionData, SessionError, with_sessions};

use crate::support::site::Site;

/// A type with two values, neither of them its default.
trait Shape: SessionData + Debug + PartialEq {
    fn first() -> Self;
    fn second() -> Self;
}

/// Handlers and the test of one shape. Entries are shown with the separator of map keys as `/`.
macro_rules! shape {
    ($test:ident: $ty:ident, $first:expr => $entries:expr, $second:expr => $more:expr) => {
        impl Shape for $ty {
            fn first() -> Self {
                $first
            }

            fn second() -> Self {
                $second
            }
        }

        mod $test {
            use super::*;

            #[with_sessions]
            #[get("/read")]
            async fn read(data: &mut $ty) -> String {
                format!("{data:?}")
            }

            #[with_sessions]
            #[get("/write/{step}")]
            async fn write(step: web::Path<String>, data: &mut $ty) -> &'static str {
                *data = if *step == "first" {
                    $ty::first()
                } else {
                    $ty::second()
                };
                "written"
            }

            #[with_sessions]
            #[get("/entries")]
            async fn entries() -> Result<String, SessionError> {
                let data = session_store.session::<$ty>().await?;
                assert_eq!(data.clone().get()?, data.get()?);
                Ok(data.untyped().keys().join(" ").replace('\u{1f}', "/"))
            }

            /// P44
            #[actix_web::test]
            async fn round_trips() {
                let site = Site::with(
                    |builder| builder.default_backend("memory"),
                    |app| {
                        app.service((read, write, entries));
                    },
                );
                round_trip::<$ty>(&site, $entries, $more).await;
            }
        }
    };
}

async fn round_trip<T: Shape>(site: &Site, first: &str, second: &str) {
    let client = site.client();
    let get = async |path: &str| client.get(path).send().await.text();
    assert_eq!(get("/read").await, format!("{:?}", T::default()));
    assert_eq!(site.memory.len(), 0, "reading stores nothing");
    for (step, value, entries) in [("first", T::first(), first), ("second", T::second(), second)] {
        assert_eq!(get(&format!("/write/{step}")).await, "written");
        site.backend.take_operations();
        assert_eq!(get("/read").await, format!("{value:?}"), "{step}");
        assert_eq!(get("/entries").await, entries, "{step}");
        assert_eq!(get(&format!("/write/{step}")).await, "written");
        let operations = site.backend.take_operations();
        assert!(
            operations.iter().all(|one| *one == Operation::Load),
            "what does not differ is not written: {operations:?}"
        );
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[derive(Debug, PartialEq, Clone, Serialize, Deserialize, Default)]
struct Address {
    street: String,
    number: u32,
}

fn address(number: u32) -> Address {
    Address {
        street: text("Elm"),
        number,
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Plain {
    count: u32,
    note: String,
    address: Address,
    list: Vec<u8>,
    maybe: Option<u8>,
    #[serde(skip)]
    skipped: u8,
}
shape!(plain: Plain,
    Plain { count: 1, note: text("a"), address: address(1), list: vec![1], maybe: Some(1), skipped: 0 }
        => "address count list maybe note",
    Plain { count: 2, note: text("a"), address: address(2), list: vec![], maybe: None, skipped: 0 }
        => "address count list maybe note");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default)]
struct Generic<T> {
    item: T,
    more: Vec<T>,
}

/// A newtype names the parameters, and is seen through.
#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct OfGeneric(Generic<Address>);
shape!(generic: OfGeneric,
    OfGeneric(Generic { item: address(1), more: vec![] }) => "item more",
    OfGeneric(Generic { item: address(1), more: vec![address(2)] }) => "item more");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    first_name: String,
    #[serde(rename = "last-name")]
    last: String,
    #[serde(rename = "odd\u{1f}\u{1e}name")]
    odd: u32,
    #[serde(rename = "")]
    empty: u32,
}
shape!(renamed: Renamed,
    Renamed { first_name: text("Ada"), last: text("L"), odd: 1, empty: 2 }
        => "\u{1e} firstName last-name odd\u{1e}_\u{1e}^name",
    Renamed { first_name: text("Eva"), last: text("L"), odd: 1, empty: 3 }
        => "\u{1e} firstName last-name odd\u{1e}_\u{1e}^name");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Skipping {
    count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    items: BTreeMap<String, u32>,
}
shape!(skipping: Skipping,
    Skipping { count: 1, note: Some(text("a")), items: BTreeMap::from([(text("tea"), 1)]) }
        => "count items items/tea note",
    Skipping { count: 1, note: None, items: BTreeMap::new() } => "count");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Maps {
    tree: BTreeMap<String, Address>,
    hash: HashMap<String, u32>,
    #[session(whole)]
    #[serde(rename = "kept-whole")]
    whole: BTreeMap<String, u32>,
    numbers: BTreeMap<u32, u32>,
    nested: Newtype,
    json: serde_json::Value,
}
#[derive(Debug, PartialEq, Serialize, Deserialize, Default)]
struct Newtype(BTreeMap<Kind, u32>);
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Kind {
    Big,
    Small,
}
shape!(maps: Maps,
    Maps {
        tree: BTreeMap::from([(text("a"), address(1)), (text("b\u{1f}\u{1e}c"), address(2)), (text(""), address(3))]),
        hash: HashMap::from([(text("x"), 1)]),
        whole: BTreeMap::from([(text("y"), 1)]),
        numbers: BTreeMap::from([(7, 7)]),
        nested: Newtype(BTreeMap::from([(Kind::Big, 1), (Kind::Small, 2)])),
        json: serde_json::json!({"a": [1, {"b": null}]}),
    } => "hash hash/x json json/a kept-whole nested nested/Big nested/Small numbers tree tree/ tree/a tree/b/\u{1e}c",
    Maps {
        tree: BTreeMap::from([(text("a"), address(9))]),
        hash: HashMap::new(),
        whole: BTreeMap::from([(text("z"), 1)]),
        numbers: BTreeMap::new(),
        nested: Newtype(BTreeMap::from([(Kind::Small, 2)])),
        json: serde_json::json!([1, 2]),
    } => "hash json kept-whole nested nested/Small numbers tree tree/a");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Flattened {
    count: u32,
    #[serde(flatten)]
    address: Address,
    items: BTreeMap<String, u32>,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}
shape!(flattened: Flattened,
    Flattened {
        count: 1,
        address: address(1),
        items: BTreeMap::from([(text("tea"), 1)]),
        rest: BTreeMap::from([(text("x"), text("y"))]),
    } => "count items items/tea number street x",
    Flattened { count: 1, address: address(2), items: BTreeMap::new(), rest: BTreeMap::new() }
        => "count items number street");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct MapType(BTreeMap<String, u32>);
shape!(map_type: MapType,
    MapType(BTreeMap::from([(text("a"), 1), (text("b"), 2)])) => "a b",
    MapType(BTreeMap::from([(text("b"), 3), (text("c\u{1f}d"), 4), (text(""), 5)])) => "\u{1e} b c\u{1e}_d");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct KindMap(BTreeMap<KindOrNone, Address>);
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum KindOrNone {
    Some,
    None,
}
shape!(unit_enum_keys: KindMap,
    KindMap(BTreeMap::from([(KindOrNone::Some, address(1))])) => "Some",
    KindMap(BTreeMap::from([(KindOrNone::None, address(1))])) => "None");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
#[serde(tag = "step")]
enum Tagged {
    #[default]
    Begin,
    Named {
        name: String,
    },
    Placed {
        address: Address,
    },
}
shape!(internally_tagged: Tagged,
    Tagged::Named { name: text("a") } => "name step",
    Tagged::Placed { address: address(1) } => "address step");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
#[serde(tag = "step", content = "data")]
enum Adjacent {
    #[default]
    Begin,
    Named(String),
    Placed(Address),
}
shape!(adjacently_tagged: Adjacent,
    Adjacent::Named(text("a")) => "data step",
    Adjacent::Placed(address(1)) => "data step");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
#[serde(untagged)]
enum Untagged {
    Placed(Address),
    #[default]
    Nothing,
    Text(String),
}
shape!(untagged: Untagged,
    Untagged::Placed(address(1)) => "number street",
    Untagged::Placed(address(2)) => "number street");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
enum Whole {
    #[default]
    Begin,
    Named {
        name: String,
    },
    Placed(Address),
}
shape!(plain_enum: Whole,
    Whole::Named { name: text("a") } => "",
    Whole::Placed(address(1)) => "");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct TupleStruct(u32, String);
shape!(tuple_struct: TupleStruct,
    TupleStruct(1, text("a")) => "",
    TupleStruct(2, text("b")) => "");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Scalar(u32);
shape!(scalar: Scalar, Scalar(1) => "", Scalar(2) => "");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct List(Vec<Address>);
shape!(list: List,
    List(vec![address(1)]) => "",
    List(vec![address(1), address(2)]) => "");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Maybe(Option<Address>);
shape!(maybe: Maybe, Maybe(Some(address(1))) => "", Maybe(Some(address(2))) => "");

#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct NumberMap(BTreeMap<u32, Address>);
shape!(map_with_other_keys: NumberMap,
    NumberMap(BTreeMap::from([(1, address(1))])) => "",
    NumberMap(BTreeMap::from([(1, address(1)), (2, address(2))])) => "");

#[derive(Debug, PartialEq, Clone, Serialize, Deserialize, Default, SessionData)]
#[serde(from = "u32", into = "u32")]
struct Converted(u32);
impl From<u32> for Converted {
    fn from(number: u32) -> Self {
        Self(number)
    }
}
impl From<Converted> for u32 {
    fn from(converted: Converted) -> Self {
        converted.0
    }
}
shape!(converted: Converted, Converted(1) => "", Converted(2) => "");

/// Values that choose their form by whether it is to be read by people, among flattened fields.
#[derive(Debug, PartialEq, Serialize, Deserialize, Default, SessionData)]
struct Addresses {
    from: Option<std::net::IpAddr>,
    #[serde(flatten)]
    seen: BTreeMap<String, std::net::IpAddr>,
}
fn ip(last: u8) -> std::net::IpAddr {
    std::net::IpAddr::from([10, 0, 0, last])
}
shape!(human_readable: Addresses,
    Addresses { from: Some(ip(1)), seen: BTreeMap::from([(text("home"), ip(2))]) } => "from home",
    Addresses { from: None, seen: BTreeMap::from([(text("home"), ip(3))]) } => "from home");
