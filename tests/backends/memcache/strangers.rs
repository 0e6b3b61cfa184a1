//! Servers that are no memcached, too old a one, or a broken one: never an answer, always an error that says so.

use std::time::{Duration, Instant};

use sessions_runtime::{Backend, ErrorKind};

use super::puppet::{GREETING, Puppet};
use super::{connect_to, key, record, told};

/// Both calls fail with this kind, and the error says this.
async fn refused(puppet: &Puppet, kind: ErrorKind, says: &str) {
    let backend = connect_to(puppet.address());
    let begin = Instant::now();
    let err = backend
        .load(&key(1))
        .await
        .expect_err("no answer is to be trusted");
    assert_eq!(err.kind(), kind, "{}", told(&err));
    assert!(told(&err).contains(says), "{}", told(&err));
    assert!(begin.elapsed() < Duration::from_secs(2));
}

/// V28
/// An answer to another command closes the connection, and nobody gets it.
#[actix_web::test]
async fn an_answer_out_of_step_is_nobodys() {
    for answer in [
        "VA 3 c1 t60 O7777\r\neve\r\n",
        "VA 3 c1 t60\r\neve\r\n",
        "EN O7777\r\n",
        "HD c1\r\n",
    ] {
        let puppet = Puppet::new(GREETING, answer);
        refused(&puppet, ErrorKind::Unavailable, "another command").await;
    }
    // One answer too many: the next call must not get it.
    let puppet = Puppet::new(GREETING, "EN {O}\r\nVA 3 c1 t60 O2\r\neve\r\n");
    let backend = connect_to(puppet.address());
    assert!(backend.load(&key(1)).await.is_ok_and(|record| record.is_none()));
    assert!(backend.load(&key(1)).await.is_err_and(|err| err.is_unavailable()));
}

/// S48
#[actix_web::test]
async fn a_huge_answer_is_refused_before_room_is_made() {
    for size in ["1048577", "99999999999", "18446744073709551615"] {
        let puppet = Puppet::new(GREETING, &format!("VA {size} c1 t60 {{O}}\r\n"));
        refused(&puppet, ErrorKind::Unavailable, "larger than any").await;
    }
    let puppet = Puppet::new(GREETING, &"x".repeat(100_000));
    refused(&puppet, ErrorKind::Unavailable, "no end").await;
}

/// R2, R13
#[actix_web::test]
async fn errors_of_the_server_are_errors() {
    for (answer, kind, says) in [
        (
            "SERVER_ERROR out of memory writing get response",
            ErrorKind::Unavailable,
            "out of memory",
        ),
        (
            "SERVER_ERROR object too large for cache",
            ErrorKind::TooLarge,
            "max_item_size",
        ),
        ("SERVER_ERROR backend failure", ErrorKind::Backend, "SERVER_ERROR"),
        ("CLIENT_ERROR bad data chunk", ErrorKind::Backend, "CLIENT_ERROR"),
        ("CLIENT_ERROR unauthenticated", ErrorKind::Backend, "user name"),
        ("ERROR", ErrorKind::Backend, "1.6.10"),
        ("NS {O}", ErrorKind::Backend, "does not go with"),
        ("NF {O}", ErrorKind::Backend, "does not go with"),
        ("HD {O}", ErrorKind::Backend, "does not go with"),
        (
            "-ERR unknown command 'mg'",
            ErrorKind::Unavailable,
            "not memcached's",
        ),
    ] {
        refused(&Puppet::new(GREETING, &format!("{answer}\r\n")), kind, says).await;
    }
}

/// A change that the server did not say is done is not done.
#[actix_web::test]
async fn nothing_but_done_is_done() {
    // Each line of the command gets an answer, and the second one is the data.
    for answer in ["EN {O}\r\n", "HD {O}\r\n", "HD c0 {O}\r\n", "VA 0 c1 {O}\r\n\r\n"] {
        let puppet = Puppet::new(GREETING, answer);
        let backend = connect_to(puppet.address());
        let answer = backend.create(&key(1), record("new")).await;
        assert!(answer.is_err(), "{answer:?}");
    }
}

/// Its first line would be taken for a command it does not know, and the record for the next commands.
#[actix_web::test]
async fn an_older_memcached_gets_no_record() {
    let puppet = Puppet::new("VERSION 1.5.22\r\nEND\r\nEND\r\n", "ERROR\r\n");
    let backend = connect_to(puppet.address());
    let err = backend
        .create(&key(1), record("flush_all\r\n"))
        .await
        .expect_err("too old");
    assert_eq!(err.kind(), ErrorKind::Backend);
    assert!(
        told(&err).contains("1.5.22") && told(&err).contains("1.6.10"),
        "{}",
        told(&err)
    );
    assert!(puppet.heard().is_empty());
}

#[actix_web::test]
async fn another_server_gets_no_record() {
    for greeting in [
        "-ERR unknown command 'version'\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
    ] {
        let puppet = Puppet::new(greeting, "");
        let backend = connect_to(puppet.address());
        let err = backend
            .create(&key(1), record("new"))
            .await
            .expect_err("not memcached");
        assert!(
            err.is_unavailable() && told(&err).contains("another server"),
            "{}",
            told(&err)
        );
        assert!(puppet.heard().is_empty());
    }
}

/// S57
/// Nothing that is told has a key or data in it.
#[actix_web::test]
async fn errors_show_neither_keys_nor_data() {
    let answers = [
        "ERROR\r\n",
        "HD c1\r\n",
        "SERVER_ERROR BwcHBwcHBwc\r\n",
        "VA 99999999 c1\r\n",
        "EX {O}\r\n",
    ];
    for answer in answers {
        let puppet = Puppet::new(GREETING, answer);
        let backend = connect_to(puppet.address());
        let text = match backend.create(&key(7), record("confidential")).await {
            Ok(_) => panic!("no answer is to be trusted"),
            Err(err) => format!("{} {err:?} {backend:?}", told(&err)),
        };
        assert!(
            !text.contains("BwcHBwcH") && !text.contains("confidential"),
            "{text}"
        );
    }
}
