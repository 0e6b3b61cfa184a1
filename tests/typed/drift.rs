//! A type that changes between deploys, while sessions of the version before are still alive.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use sessions_runtime::testing::Operation;
use sessions_runtime::{SessionData, SessionError, with_sessions};

use crate::support::logs;
use crate::support::site::Site;

/// A version of a type: a handler that shows it, one that changes what it can, and its routes.
macro_rules! version {
    ($module:ident, $data:ident => $change:expr, $(#[$attr:meta])* { $($fields:tt)* } $(default $default:expr)?) => {
        mod $module {
            use super::*;

            #[derive(Debug, Serialize, Deserialize, SessionData)]
            #[session(name = "profile", backend = "memory")]
            $(#[$attr])*
            pub(super) struct $data {
                $($fields)*
            }

            version!(@default $data $($default)?);

            #[with_sessions]
            #[get("/show")]
            async fn show(data: &mut $data) -> String {
                format!("{data:?}")
            }

            #[with_sessions]
            #[get("/change")]
            async fn change(data: &mut $data) -> String {
                let change: fn(&mut $data) = $change;
                change(data);
                format!("{data:?}")
            }

            pub(super) fn routes(app: &mut web::ServiceConfig) {
                app.service(web::scope(concat!("/", stringify!($module))).service((show, change)));
            }
        }
    };
    (@default $data:ident $default:expr) => {
        impl Default for $data {
            fn default() -> Self {
                $default
            }
        }
    };
    (@default $data:ident) => {
        impl Default for $data {
            fn default() -> Self {
                serde_json::from_str("{}").expect("every field has a default")
            }
        }
    };
}

version!(old, Profile => |data| { data.name.push('o'); data.items.insert("tea".into(), 1); }, {
    #[serde(default)]
    name: String,
    #[serde(default)]
    level: u32,
    #[serde(default)]
    items: BTreeMap<String, u32>,
});

version!(added, Profile => |data| data.name.push('a'), {
    name: String,
    level: u32,
    items: BTreeMap<String, u32>,
    theme: String,
    welcome: BTreeMap<String, u32>,
} default Self {
    name: "nobody".into(),
    level: 9,
    items: BTreeMap::new(),
    theme: "dark".into(),
    welcome: BTreeMap::from([("gift".into(), 1)]),
});

version!(removed, Profile => |data| data.name.push('r'), #[serde(deny_unknown_fields)] {
    name: String,
} default Self { name: String::new() });

version!(retyped, Profile => |data| data.name.push('t'), {
    name: String,
    level: String,
    items: BTreeMap<String, Vec<u8>>,
} default Self { name: String::new(), level: "none".into(), items: BTreeMap::new() });

version!(rewritten, Profile => |data| { data.level.push('!'); data.items = 7; }, {
    name: String,
    level: String,
    items: u32,
} default Self { name: String::new(), level: "none".into(), items: 3 });

version!(renamed, Profile => |data| data.full_name.push('n'), {
    #[serde(alias = "name")]
    full_name: String,
    level: u32,
} default Self { full_name: String::new(), level: 0 });

version!(whole, Profile => |data| data.items.retain(|key, _| key != "tea"), {
    name: String,
    #[session(whole)]
    items: BTreeMap<String, u32>,
} default Self { name: String::new(), items: BTreeMap::new() });

version!(split_again, Profile => |data| data.items.retain(|key, _| key != "tea"), {
    name: String,
    items: BTreeMap<String, u32>,
} default Self { name: String::new(), items: BTreeMap::new() });

version!(added_to_whole, Profile => |data| data.items.extend([("whole".to_owned(), 2)]), {
    name: String,
    #[session(whole)]
    items: BTreeMap<String, u32>,
} default Self { name: String::new(), items: BTreeMap::new() });

version!(flattened, Profile => |data| data.name.push('f'), {
    name: String,
    #[serde(flatten)]
    rest: super::Rest,
} default Self { name: "nobody".into(), rest: super::Rest { level: vec![1] } });

#[derive(Debug, Serialize, Deserialize)]
struct Rest {
    level: Vec<u8>,
}

/// Reads what is stored without any type.
#[with_sessions]
#[session(name = "profile", backend = "memory")]
#[get("/entries")]
async fn entries() -> Result<String, SessionError> {
    let shown = profile.keys().into_iter().map(|key| key.replace('\u{1f}', "/"));
    Ok(shown.collect::<Vec<_>>().join(" "))
}

#[with_sessions]
#[session(name = "profile", backend = "memory")]
#[get("/level")]
async fn level() -> Result<String, SessionError> {
    Ok(format!("{:?}", profile.get::<u32>("level")?))
}

fn site() -> Site {
    Site::new(|app| {
        for routes in [
            old::routes,
            added::routes,
            removed::routes,
            retyped::routes,
            rewritten::routes,
            renamed::routes,
            whole::routes,
            added_to_whole::routes,
            split_again::routes,
            flattened::routes,
        ] {
            routes(app);
        }
        app.service((entries, level));
    })
}

/// A browser with a session of the old version, and what reading path after path gives it. Nothing but `change` writes.
async fn visit(site: &Site, paths: &[&str]) -> Vec<String> {
    let client = site.client();
    client.get("/old/change").send().await;
    let mut shown = Vec::new();
    for path in paths {
        site.backend.take_operations();
        let reply = client.get(path).send().await;
        assert_eq!(reply.status, 200, "{path}");
        let operations = site.backend.take_operations();
        let wrote = operations.contains(&Operation::Replace);
        assert_eq!(wrote, path.ends_with("change"), "{path}: {operations:?}");
        shown.push(reply.text());
    }
    shown
}

/// P6
#[actix_web::test]
async fn a_new_field_comes_from_the_type_s_default_and_is_stored_with_the_next_change() {
    let shown = visit(
        &site(),
        &[
            "/added/show",
            "/entries",
            "/added/change",
            "/entries",
            "/added/show",
        ],
    )
    .await;
    let read = r#"Profile { name: "o", level: 0, items: {"tea": 1}, theme: "dark", welcome: {"gift": 1} }"#;
    assert_eq!(shown[0], read);
    assert_eq!(shown[1], "items items/tea level name");
    assert_eq!(shown[3], "items items/tea level name theme welcome welcome/gift");
    assert_eq!(shown[4], read.replace("\"o\"", "\"oa\""));
}

/// P6
#[actix_web::test]
async fn a_field_that_is_gone_stays_stored_for_the_version_before() {
    let shown = visit(&site(), &["/removed/change", "/entries", "/old/show"]).await;
    assert_eq!(shown[0], r#"Profile { name: "or" }"#);
    assert_eq!(shown[1], "items items/tea level name");
    assert_eq!(shown[2], r#"Profile { name: "or", level: 0, items: {"tea": 1} }"#);
}

/// P6, P8
#[actix_web::test]
async fn a_field_of_another_type_has_its_default_is_told_once_and_stays_stored() {
    let logs = logs::capture();
    let mark = logs.mark();
    let site = site();
    let shown = visit(
        &site,
        &[
            "/retyped/show",
            "/retyped/change",
            "/retyped/show",
            "/level",
            "/old/show",
        ],
    )
    .await;
    assert_eq!(shown[0], r#"Profile { name: "o", level: "none", items: {} }"#);
    assert_eq!(shown[2], r#"Profile { name: "ot", level: "none", items: {} }"#);
    assert_eq!(shown[3], "Some(0)");
    assert_eq!(shown[4], r#"Profile { name: "ot", level: 0, items: {"tea": 1} }"#);
    // Another visitor brings the same.
    visit(&site, &["/retyped/show"]).await;
    let told = logs.lines(mark, "retyped::Profile");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].contains("level") && told[1].contains("items"),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .all(|line| line.contains("WARN") && !line.contains("tea"))
    );
}

/// P6
#[actix_web::test]
async fn a_field_of_another_type_is_overwritten_when_it_changes() {
    let shown = visit(
        &site(),
        &[
            "/rewritten/show",
            "/rewritten/change",
            "/rewritten/show",
            "/entries",
        ],
    )
    .await;
    assert_eq!(shown[0], r#"Profile { name: "o", level: "none", items: 3 }"#);
    assert_eq!(shown[2], r#"Profile { name: "o", level: "none!", items: 7 }"#);
    assert_eq!(shown[3], "items level name");
}

/// P6
#[actix_web::test]
async fn an_alias_is_replaced_by_the_new_name_also_while_both_versions_run() {
    let paths = [
        "/renamed/show",
        "/renamed/change",
        "/entries",
        "/old/change",
        "/entries",
        "/renamed/show",
    ];
    let shown = visit(&site(), &paths).await;
    assert_eq!(shown[0], r#"Profile { full_name: "o", level: 0 }"#);
    assert_eq!(shown[2], "full_name items items/tea level");
    // The old version knows nothing of the new name, and writes the old one again.
    assert_eq!(shown[4], "full_name items items/tea level name");
    assert_eq!(shown[5], r#"Profile { full_name: "on", level: 0 }"#);
}

/// P6
#[actix_web::test]
async fn a_map_becomes_whole_and_split_again() {
    let paths = [
        "/added_to_whole/change",
        "/entries",
        "/old/show",
        "/whole/change",
        "/whole/show",
    ];
    let shown = visit(&site(), &paths).await;
    assert_eq!(shown[1], "items level name");
    assert_eq!(
        shown[2],
        r#"Profile { name: "o", level: 0, items: {"tea": 1, "whole": 2} }"#
    );
    assert_eq!(shown[4], r#"Profile { name: "o", items: {"whole": 2} }"#);

    let paths = [
        "/added_to_whole/change",
        "/old/change",
        "/entries",
        "/whole/change",
        "/entries",
        "/old/show",
    ];
    let shown = visit(&site(), &paths).await;
    assert_eq!(shown[2], "items items/tea items/whole level name");
    assert_eq!(shown[4], "items level name");
    assert_eq!(
        shown[5],
        r#"Profile { name: "oo", level: 0, items: {"whole": 2} }"#
    );

    // What was whole must not come back when an entry of it is removed.
    let paths = [
        "/added_to_whole/change",
        "/split_again/change",
        "/split_again/show",
        "/old/show",
    ];
    let shown = visit(&site(), &paths).await;
    assert_eq!(shown[2], r#"Profile { name: "o", items: {"whole": 2} }"#);
    assert_eq!(
        shown[3],
        r#"Profile { name: "o", level: 0, items: {"whole": 2} }"#
    );
}

/// P6
/// serde decodes flattened fields together, and does not say which one it is that does not fit.
#[actix_web::test]
async fn a_flattened_field_of_another_type_leaves_the_others_as_they_are() {
    let shown = visit(&site(), &["/flattened/show", "/flattened/change", "/old/show"]).await;
    assert_eq!(shown[0], r#"Profile { name: "o", rest: Rest { level: [1] } }"#);
    assert_eq!(shown[2], r#"Profile { name: "of", level: 0, items: {"tea": 1} }"#);
}
