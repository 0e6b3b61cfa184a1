//! Without a fit secret nothing starts, and no message shows one.

use serde_json::json;
use sessions_runtime::{ErrorKind, Memory, SecretKey, SessionError, Sessions, SessionsConfig};

const COMMAND: &str = "openssl rand -base64 48";

/// What a refused secret's error has to be: of one kind, with the command, without the secret.
#[track_caller]
fn check(err: &SessionError, secret: &str) {
    assert_eq!(err.kind(), ErrorKind::SecretKey);
    assert!(err.is_configuration());
    let shown = format!("{err} {err:?}");
    assert!(shown.contains(COMMAND), "{shown}");
    assert!(secret.is_empty() || !shown.contains(secret), "{shown}");
}

/// T1, T2, G1, S51
#[test]
fn without_a_secret_nothing_starts() {
    let built = Sessions::builder()
        .backend("memory", Memory::new())
        .skip_verification()
        .build();
    check(&built.expect_err("there is no secret"), "");
    let config = serde_json::from_value::<SessionsConfig>(json!({"default_backend": "memory"}));
    assert!(
        config
            .expect_err("there is no secret")
            .to_string()
            .contains("`secret_key`")
    );
}

/// T2, T36, S51, V10
#[test]
fn unfit_secrets_are_refused_with_the_command_that_makes_one() {
    let weak = [
        "",
        "short",
        "v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1",
        "my very secret secret key",
        "my very secret secret key, made longer",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    for secret in weak {
        check(&SecretKey::from_bytes(secret).expect_err("it is unfit"), secret);
        let read = |config| serde_json::from_value::<SessionsConfig>(config).expect("the names are right");
        let primary = read(json!({ "secret_key": secret }));
        check(&Sessions::from_config(primary).expect_err("it is unfit"), secret);
        let good = "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ";
        let fallback = read(json!({ "secret_key": good, "fallback_keys": [good, secret] }));
        check(&Sessions::from_config(fallback).expect_err("it is unfit"), secret);
    }
    check(
        &SecretKey::from_env("SESSIONS_STARTUP_TEST_UNSET").expect_err("it is not set"),
        "",
    );
}

/// S52
#[test]
fn neither_configuration_nor_builder_nor_sessions_print_a_secret() {
    let (secret, old) = (
        "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ",
        "pW3^nX6*aQ0(eR8)tY1_uI4+oL7=kJ2-hM",
    );
    let config: SessionsConfig =
        serde_json::from_value(json!({ "secret_key": secret, "fallback_keys": [old] }))
            .expect("the names are right");
    let as_config = format!("{config:?}");
    let builder = Sessions::from_config(config)
        .expect("fit secrets")
        .skip_verification();
    let as_builder = format!("{builder:?}");
    let sessions = builder.build().expect("fit settings");
    let shown = format!("{as_config} {as_builder} {sessions:?}");
    assert!(!shown.contains("Zt7#") && !shown.contains("pW3^"), "{shown}");
}
