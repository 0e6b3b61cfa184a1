//! What a request costs memcached, as the server counts it.

use actix_web::rt::spawn;
use sessions_runtime::testing::Client;

use super::console::Console;
use super::{connect_to, memcached};
use super::{site, site_with};
use crate::pages::{ask, visitor};
use crate::support::gate::Gate;

#[actix_web::test]
async fn each_request_costs_the_commands_it_needs_and_no_more() {
    let server = memcached(&[]);
    let site = site(connect_to(&server.address()));
    let mut console = Console::new(&server.address());
    let stranger = Client::new(&site);
    ask(&stranger, "/get/user").await;
    assert_eq!(console.commands(), 0, "who has no session costs nothing");
    let client = visitor(&site, "ann").await;
    assert_eq!(console.commands(), 1, "a new session");
    for (path, commands) in [
        ("/get/user", 1),
        ("/set/user/ann", 1),
        ("/set/user/ben", 2),
        ("/add/visits", 2),
        ("/flash/hello", 2),
        ("/flashes", 2),
        ("/flashes", 1),
        ("/renew", 3),
        ("/get/user", 1),
        ("/destroy", 2),
        ("/get/user", 0),
    ] {
        let before = console.commands();
        ask(&client, path).await;
        assert_eq!(console.commands() - before, commands, "{path}");
    }
}

/// C1
#[actix_web::test]
async fn a_conflict_costs_two_commands_more() {
    let server = memcached(&[]);
    let gate = Gate::new();
    let site = site_with(connect_to(&server.address()), gate.clone());
    let mut console = Console::new(&server.address());
    let client = visitor(&site, "ann").await;
    let before = console.commands();
    let slow = spawn(client.get("/slow/visits").send());
    gate.arrived().await;
    ask(&client, "/add/visits").await;
    gate.open();
    assert_eq!(slow.await.expect("an answer").status, 200);
    // Load and replace of each, and of the slow one another load and replace.
    assert_eq!(console.commands() - before, 6);
    assert_eq!(ask(&client, "/add/visits").await, "3");
}
