//! What must hold for two processes on one store, whichever store it is.

use actix_web::rt::spawn;
use actix_web::rt::task::JoinHandle;
use futures_util::future::join_all;
use sessions_runtime::testing::{Client, Reply, SetCookie};

use crate::process::{COOKIE, Process};
use crate::store::Store;

/// Two processes, and one visitor who reaches both.
struct Two {
    here: Process,
    there: Process,
    /// At the first process, signed in.
    client: Client,
    /// At the second process, with the same cookie.
    mirror: Client,
}

impl Two {
    async fn start(store: &Store) -> Self {
        let (here, there) = (Process::start(store.url()), Process::start(store.url()));
        let client = here.browser();
        ask(&client, "/login/ann").await;
        let mirror = there.browser_of(&client);
        Self {
            here,
            there,
            client,
            mirror,
        }
    }

    /// Starts a request whose handler has loaded the session when this returns; [`go_on`](Self::go_on) lets it go on.
    async fn held(&self, client: &Client, path: &str) -> JoinHandle<Reply> {
        let request = spawn(client.get(&format!("{path}?hold")).send());
        ask(client, "/held").await;
        request
    }

    async fn go_on(&self, client: &Client) {
        ask(client, "/release").await;
    }
}

/// The text of a page.
async fn ask(client: &Client, path: &str) -> String {
    text(path, &client.get(path).send().await)
}

fn text(path: &str, reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{path}");
    reply.text()
}

/// C1
pub(crate) async fn changes_of_different_entries_on_two_processes_are_all_kept(store: Store) {
    let two = Two::start(&store).await;
    // Each of them is once the slow one.
    for (slow, fast, entry) in [(&two.client, &two.mirror, "a"), (&two.mirror, &two.client, "b")] {
        let path = format!("/set/{entry}-slow/1");
        let request = two.held(slow, &path).await;
        ask(fast, &format!("/set/{entry}-fast/2")).await;
        two.go_on(slow).await;
        text(&path, &request.await.expect("an answer"));
    }
    for client in [&two.client, &two.mirror] {
        for (entry, value) in [
            ("a-slow", "1"),
            ("a-fast", "2"),
            ("b-slow", "1"),
            ("b-fast", "2"),
            ("user", "ann"),
        ] {
            assert_eq!(ask(client, &format!("/get/{entry}")).await, value, "{entry}");
        }
    }
}

/// C2
pub(crate) async fn fifty_updates_over_two_processes_all_count(store: Store) {
    let two = Two::start(&store).await;
    let updates = (0..50).map(|number| {
        let client = if number % 2 == 0 { &two.client } else { &two.mirror };
        spawn(client.get("/add/visits").send())
    });
    for reply in join_all(updates).await {
        text("/add/visits", &reply.expect("an answer"));
    }
    for client in [&two.client, &two.mirror] {
        assert_eq!(ask(client, "/count/visits").await, "50");
    }
}

/// C5, V1, S11
/// Whatever the slow request was about to do, on whichever process.
pub(crate) async fn a_sign_out_on_one_process_is_final_for_a_slow_request_on_the_other(store: Store) {
    for path in [
        "/set/user/late",
        "/add/visits",
        "/flash/late",
        "/flashes",
        "/login/late",
        "/logout",
    ] {
        let two = Two::start(&store).await;
        ask(&two.mirror, "/flash/waiting").await;
        let thieves = [two.client.fork(), two.mirror.fork()];
        let slow = two.held(&two.client, path).await;
        ask(&two.mirror, "/logout").await;
        assert_eq!(two.mirror.cookie(COOKIE), None, "the sign-out removes the cookie");
        two.go_on(&two.client).await;
        let reply = slow.await.expect("an answer");
        text(path, &reply);
        // A removal is what the visitor asked for there; it may come twice.
        let sent = reply.set_cookies();
        assert!(
            sent.is_empty() || path == "/logout" && sent.iter().all(SetCookie::is_removal),
            "{path} sent a cookie of a session that was signed out"
        );
        assert_eq!(ask(&two.client, "/get/user").await, "-", "{path}");
        for thief in &thieves {
            assert_eq!(ask(thief, "/get/user").await, "-", "{path}");
            assert_eq!(ask(thief, "/origin").await, "unknown", "{path}");
        }
    }
}

/// C8
pub(crate) async fn flash_messages_of_two_processes_arrive_in_order_and_once(store: Store) {
    let two = Two::start(&store).await;
    for (client, message) in [(&two.client, "one"), (&two.mirror, "two"), (&two.client, "three")] {
        ask(client, &format!("/flash/{message}")).await;
    }
    // Added last because it is saved last, though its handler began before the next one.
    let slow = two.held(&two.mirror, "/flash/five").await;
    ask(&two.client, "/flash/four").await;
    two.go_on(&two.mirror).await;
    text("/flash/five", &slow.await.expect("an answer"));

    // Both pages have seen all messages when the first of them takes any.
    let pages = [
        two.held(&two.client, "/flashes").await,
        two.held(&two.mirror, "/flashes").await,
    ];
    two.go_on(&two.client).await;
    two.go_on(&two.mirror).await;
    let mut shown: Vec<_> = join_all(pages)
        .await
        .into_iter()
        .map(|reply| text("/flashes", &reply.expect("an answer")))
        .collect();
    shown.sort();
    assert_eq!(shown, ["", "one,two,three,four,five"]);
    for client in [&two.client, &two.mirror] {
        assert_eq!(ask(client, "/flashes").await, "", "shown already");
    }
}

/// S9, S11
pub(crate) async fn a_session_begun_on_one_process_continues_on_the_other(store: Store) {
    let two = Two::start(&store).await;
    assert_eq!(ask(&two.mirror, "/get/user").await, "ann");
    // Changed there, read here.
    ask(&two.mirror, "/set/lang/en").await;
    assert_eq!(ask(&two.client, "/get/lang").await, "en");
    // A new id from there is good here, and the old one is good nowhere.
    ask(&two.mirror, "/login/ben").await;
    let moved = two.here.browser_of(&two.mirror);
    assert_eq!(ask(&moved, "/get/user").await, "ben");
    assert_eq!(ask(&moved, "/get/lang").await, "en");
    assert_eq!(ask(&two.client, "/origin").await, "unknown");
    assert_eq!(
        ask(&two.there.browser_of(&two.client), "/origin").await,
        "unknown"
    );
}

/// R15
pub(crate) async fn a_restart_of_a_process_keeps_its_sessions(store: Store) {
    let two = Two::start(&store).await;
    ask(&two.client, "/add/visits").await;
    ask(&two.client, "/flash/hello").await;
    let Two {
        here, there, client, ..
    } = two;
    // Without any good-bye, while the other one goes on.
    here.kill();
    assert_eq!(ask(&there.browser_of(&client), "/add/visits").await, "2");
    there.kill();
    let again = Process::start(store.url());
    let client = again.browser_of(&client);
    assert_eq!(ask(&client, "/get/user").await, "ann");
    assert_eq!(ask(&client, "/add/visits").await, "3");
    assert_eq!(ask(&client, "/flashes").await, "hello");
}
