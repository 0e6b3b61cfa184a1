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

    for (path, status, says) in [
        (
            "/sealed/set/before/1",
            200,
            "fated (securecookie): no cookie, saved, ",
        ),
        (
            "/sealed/logout",
            200,
            "fated (securecookie): destroyed, destroyed, ",
        ),
        ("/kept/set/before/1", 200, "outcome=\"saved\""),
        (
            "/kept/fail/500",
            500,
            "outcome=\"not saved, because the response failed\"",
        ),
    ] {
        assert_eq!(client.get(path).send().await.status, status, "{path}");
        let told = told();
        assert!(told.contains(says), "{path}: {told}");
    }

    let twice = "/kept/set/same/1";
    crossed(&site, &client, (twice, Operation::Replace), twice).await;
    let lines = told();
    assert!(
        lines.contains(", saved, ") && lines.contains(", unchanged, "),
        "{lines}"
    );

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
