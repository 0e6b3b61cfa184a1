//! What a request costs Redis, as the server counts it.

use actix_web::rt::spawn;
use sessions_runtime::testing::Client;

use super::console::Console;
use super::{connect_to, redis_server, site, site_with};
use crate::pages::{ask, visitor};
use crate::support::gate::Gate;

#[actix_web::test]
async fn each_request_costs_the_commands_it_needs_and_no_more() {
    let server = redis_server(&[]);
    let site = site(connect_to(&server.address()));
    let mut console = Console::new(&server.address());
    let stranger = Client::new(&site);
    ask(&stranger, "/get/user").await;
    assert_eq!(console.commands(), 0, "who has no session costs nothing");
    let client = visitor(&site, "ann").await;
    // Once for all, the server is given the scripts that are used.
    for path in [
        "/set/user/ben",
        "/set/user/ann",
        "/renew",
        "/add/visits",
        "/add/visits",
    ] {
        ask(&client, path).await;
    }
    let other = visitor(&site, "eve").await;
    ask(&other, "/destroy").await;
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
    let before = console.commands();
    visitor(&site, "ann").await;
    assert_eq!(console.commands() - before, 1, "a new session");
}

/// C1
#[actix_web::test]
async fn a_conflict_costs_two_commands_more() {
    let server = redis_server(&[]);
    let gate = Gate::new();
    let site = site_with(connect_to(&server.address()), gate.clone());
    let mut console = Console::new(&server.address());
    let client = visitor(&site, "ann").await;
    ask(&client, "/add/visits").await;
    let before = console.commands();
    let slow = spawn(client.get("/slow/visits").send());
    gate.arrived().await;
    ask(&client, "/add/visits").await;
    gate.open();
    assert_eq!(slow.await.expect("an answer").status, 200);
    // Load and replace of each, and of the slow one another load and replace.
    assert_eq!(console.commands() - before, 6);
    assert_eq!(ask(&client, "/add/visits").await, "4");
}
