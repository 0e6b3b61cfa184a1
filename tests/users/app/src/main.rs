//! Links a library of handlers and routes none: the start-up check has to know them all the same, in every profile.

use sessions_runtime::{BackendName, Memory, SecretKey, SessionError, Sessions, SessionsBuilder};
use users_shop::SOURCE;

fn builder() -> Result<SessionsBuilder, SessionError> {
    let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    Ok(Sessions::builder()
        .secret_key(key)
        .default_backend("securecookie"))
}

/// The beginning of the line about a handler: the place is the only line of the library with that text.
fn line(text: &str, handler: &str, session: &str, backend: &str) -> String {
    let mut lines = SOURCE.lines().enumerate().filter(|(_, line)| line.contains(text));
    let (index, _) = lines.next().expect("a line of the library");
    assert!(lines.next().is_none(), "`{text}` is on two lines");
    let place = index + 1;
    format!(
        "shop/src/lib.rs:{place} (`{handler}`) session `{session}`: session backend `{backend}` is not configured"
    )
}

fn main() -> Result<(), SessionError> {
    assert!(users_shop::generic_handlers::<u8>() == "u8");
    let err = builder()?.build().expect_err("nothing is configured");
    let mut expected = [
        line(r#"name = "cart", backend"#, "show_cart", "cart", "datastore"),
        line("// visits", "never_called", "visits", "memcache"),
        line(r#"name = "inside""#, "inside_a_function", "inside", "redis"),
        // In a module each handler has its own line.
        line("async fn show_orders", "show_orders", "orders", "datastore"),
        line("async fn show_ended", "show_ended", "orders", "datastore"),
    ];
    expected.sort();
    let problems = err.problems();
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(&expected) {
        assert!(problem.starts_with(expected), "{problem}\n{expected}");
    }

    // What is linked and not routed may be allowed to be missing.
    let allowed = builder()?
        .backend("datastore", Memory::new())
        .allow_missing("memcache")
        .allow_missing("redis");
    allowed.build()?;
    let half = builder()?
        .backend("datastore", Memory::new())
        .allow_missing(BackendName::MEMCACHE);
    assert_eq!(half.build().expect_err("redis is missing").problems().len(), 1);
    builder()?.skip_verification().build()?;
    println!("{} handlers miss their backends", expected.len());
    Ok(())
}
