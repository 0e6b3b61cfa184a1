//! What the log says became of a session at the end of its request.

use sessions_runtime::testing::Operation;

use crate::pages::{self, crossed};
use crate::support::logs;

/// S57
/// The line is one of debugging: a session that is not saved as expected is found by it.
#[actix_web::test]
async fn the_log_says_what_became_of_each_session() {
    let log = logs::capture();
    let site = pages::site_with(|builder| builder.cookie_name("fated"));
    let client = site.client();
    let mut mark = log.mark();
    let mut told = || {
        let lines = log.lines(mark, "sessions of a request");
        mark = log.mark();
        let ours = lines.into_iter().filter(|line| line.contains("fated ("));
        ours.collect::<Vec<_>>().join("\n")
    };
    for (path, fate) in [
        ("/kept/set/before/1", "created"),
        ("/kept/set/before/2", "saved"),
        ("/kept/set/before/2", "unchanged"),
        ("/kept/get/before", "unchanged"),
        ("/kept/renew/other", "renewed"),
        ("/kept/logout", "destroyed"),
    ] {
        assert_eq!(client.get(path).send().await.status, 200, "{path}");
        let told = told();
        assert!(told.contains(&format!(", {fate}, ")), "{path}: {told}");
    }

    client.get("/kept/set/before/1").send().await;
    told();
    crossed(
        &site,
        &client,
        ("/kept/set/theme/dark", Operation::Replace),
        "/kept/renew/user",
    )
    .await;
    let lines = told();
    assert!(lines.contains(", merged into a renewed session, "), "{lines}");
    assert!(lines.contains(", renewed, "), "{lines}");

    crossed(
        &site,
        &client,
        ("/kept/set/theme/light", Operation::Replace),
        "/kept/logout",
    )
    .await;
    let lines = told();
    assert!(lines.contains(", ended by another request, "), "{lines}");
    assert!(lines.contains(", destroyed, "), "{lines}");
}
