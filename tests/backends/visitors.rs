//! What visitors notice of a backend behind a network: who stays signed in, who does not, and what they are told.
//!
//! The module that calls [`visitors!`] has a `server` of a test's own, `connect_to` an address, `prefixed` for one with a
//! prefix, and a `site` on such a backend.

use std::time::{Duration, Instant};

use sessions_runtime::testing::{Client, Reply, Server};

use crate::pages::COOKIE;

pub(super) fn assert_unavailable(reply: &Reply) {
    assert_eq!(reply.status, 503);
    assert_eq!(reply.text(), "");
    assert!(reply.set_cookies().is_empty(), "no cookie is touched");
}

/// A browser at another server, with the cookie of this one.
pub(super) fn elsewhere(site: &Server, client: &Client) -> Client {
    let there = Client::new(site);
    there.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a cookie"));
    there
}

/// Waits until a page is answered again.
pub(super) async fn recovery(client: &Client) {
    let begin = Instant::now();
    while client.get("/get/user").send().await.status != 200 {
        assert!(
            begin.elapsed() < Duration::from_secs(2),
            "it does not recover by itself"
        );
    }
}

/// The stories, each a test.
macro_rules! visitors {
    () => {
        use std::time::{Duration, Instant};

        use actix_web::rt::spawn;
        use futures_util::future::join_all;
        use sessions_runtime::testing::Client;

        use super::{connect_to, prefixed, server, site};
        use crate::pages::{ask, visitor};
        use crate::visitors::{assert_unavailable, elsewhere, recovery};

        /// R1, R3, R5, R20, S60
        /// A hundred signed-in visitors, a server that does not answer: nobody is signed out, and nobody is somebody else.
        #[actix_web::test]
        async fn a_freeze_signs_nobody_out() {
            let server = server(&[]);
            let site = site(connect_to(&server.address()));
            let mut visitors = Vec::new();
            for number in 0..100 {
                visitors.push(visitor(&site, &format!("user-{number}")).await);
            }
            server.freeze();
            let begin = Instant::now();
            for path in [
                "/get/user",
                "/set/user/eve",
                "/destroy",
                "/renew",
                "/flashes",
            ] {
                let requests = visitors.iter().map(|client| spawn(client.get(path).send()));
                for reply in join_all(requests).await {
                    assert_unavailable(&reply.expect("an answer"));
                }
            }
            assert!(
                begin.elapsed() < Duration::from_secs(6),
                "{:?}",
                begin.elapsed()
            );
            // A load that failed may be repeated.
            let reply = visitors[0].get("/get/user").send().await;
            assert_eq!(reply.header("retry-after"), Some("1"));
            assert_eq!(
                ask(&visitors[0], "/beside").await,
                "1",
                "what needs another backend goes on"
            );
            let stranger = Client::new(&site);
            assert_eq!(
                ask(&stranger, "/get/user").await,
                "-",
                "who has no session needs no server"
            );
            server.thaw();
            recovery(&visitors[0]).await;
            for (number, client) in visitors.iter().enumerate() {
                assert_eq!(ask(client, "/get/user").await, format!("user-{number}"));
            }
        }

        /// R15
        #[actix_web::test]
        async fn a_restart_of_the_application_keeps_its_sessions() {
            let server = server(&[]);
            let first = site(connect_to(&server.address()));
            let client = visitor(&first, "ann").await;
            first.stop().await;
            let second = site(connect_to(&server.address()));
            assert_eq!(ask(&elsewhere(&second, &client), "/get/user").await, "ann");
        }

        /// S56, V13
        /// The same secret, the same cookie names, one server: only the prefix differs.
        #[actix_web::test]
        async fn two_applications_on_one_server_do_not_see_each_others_sessions() {
            let server = server(&[]);
            let [shop, forum] = ["shop", "forum"].map(|prefix| site(prefixed(&server.address(), prefix)));
            let client = visitor(&shop, "ann").await;
            let there = elsewhere(&forum, &client);
            assert_eq!(ask(&there, "/origin").await, "unknown");
            ask(&there, "/destroy").await;
            assert_eq!(ask(&client, "/get/user").await, "ann");
        }

        /// T58
        /// A cookie of a session here opens nothing on another backend, which is not even asked.
        #[actix_web::test]
        async fn an_id_is_of_use_on_its_own_backend_only() {
            let server = server(&[]);
            let site = site(connect_to(&server.address()));
            let client = visitor(&site, "ann").await;
            assert_eq!(ask(&client.fork(), "/origin-in-memory").await, "forged");
            assert_eq!(ask(&client, "/get/user").await, "ann");
        }

        /// R19, R13, V34
        #[actix_web::test]
        async fn a_session_that_is_too_large_is_not_saved_and_stays_what_it_was() {
            let server = server(&[]);
            let site = site(connect_to(&server.address()));
            let client = visitor(&site, "ann").await;
            let reply = client.get("/fill/1100000").send().await;
            assert_eq!((reply.status.as_u16(), reply.text().as_str()), (500, ""));
            assert!(reply.set_cookies().is_empty());
            assert_eq!(ask(&client, "/get/user").await, "ann");
            assert_eq!(ask(&client, "/fill/100000").await, "filled");
        }

        /// C10
        #[actix_web::test]
        async fn handlers_with_a_lock_run_one_after_another() {
            let server = server(&[]);
            let first = site(connect_to(&server.address()));
            let second = site(connect_to(&server.address()));
            let client = visitor(&first, "ann").await;
            let there = elsewhere(&second, &client);
            let requests = (0..20).map(|number| {
                let client = if number % 2 == 0 { &client } else { &there };
                spawn(client.get("/locked").send())
            });
            for reply in join_all(requests).await {
                assert_eq!(reply.expect("an answer").status, 200);
            }
            assert_eq!(ask(&client, "/locked").await, "21");
        }
    };
}
pub(super) use visitors;
