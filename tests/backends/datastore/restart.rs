//! What outlives the program.

use std::collections::HashSet;

use sessions_runtime::testing::Client;
use sessions_runtime::{Backend, Delete, Replace};

use super::kit::{clock, create, datastore, key, load, record};
use super::locked::serve_with;
use crate::support::place::Place;

/// R15
#[actix_web::test]
async fn sessions_survive_a_restart() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let server = serve_with(datastore(&path, &clock), &clock);
    let before = Client::new(&server).with_clock(clock.clone());
    before.get("/set/user/ann").send().await;
    let cookies = before.cookie_header("/").unwrap();
    server.stop().await;

    let server = serve_with(datastore(&path, &clock), &clock);
    let after = Client::new(&server).with_clock(clock.clone());
    let reply = after.get("/get/user").cookie_header(&cookies).send().await;
    assert_eq!(reply.text(), "ann");
}

/// R15
/// Across deletes, restarts, and a copy of the file that is put back.
#[actix_web::test]
async fn versions_never_repeat_across_restarts() {
    let (place, clock) = (Place::new(), clock());
    let (path, copy) = (place.file("sessions.db"), place.file("copy.db"));
    drop(datastore(&path, &clock));
    std::fs::copy(&path, &copy).unwrap();
    let mut seen = HashSet::new();
    for restore in [false, false, true, true] {
        if restore {
            std::fs::copy(&copy, &path).unwrap();
        }
        let datastore = datastore(&path, &clock);
        let created = create(&datastore, &key(1), record("first", &clock)).await;
        let replaced = datastore
            .replace(&key(1), created, record("second", &clock))
            .await
            .unwrap();
        let Replace::Replaced(replaced) = replaced else {
            panic!("{replaced:?}")
        };
        assert!(seen.insert(created) && seen.insert(replaced));
        assert_eq!(
            datastore.delete(&key(1), Some(replaced)).await.unwrap(),
            Delete::Deleted
        );
    }
}

/// T57
#[actix_web::test]
async fn what_expired_while_nothing_ran_is_gone_after_the_start() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let first = datastore(&path, &clock);
    create(&first, &key(1), record("data", &clock)).await;
    drop(first);
    clock.advance(std::time::Duration::from_secs(3_601));
    assert_eq!(load(&datastore(&path, &clock), &key(1)).await, None);
}
