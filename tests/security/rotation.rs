//! Changing the secret: from the old key to the new one, and the end of the old one.

use sessions_runtime::testing::{Client, Server};
use sessions_runtime::{Clock, Memory, Sessions};

use crate::app::{self, COOKIE, KINDS, sign_in, user};
use crate::support::site::{OTHER_SECRET, SECRET, parts, secret};

const THIRD_SECRET: &[u8] = b"mJ5~vT8:cQ2?zE6,hL9.wU3;fY7/aN1|gB";

/// One application after the other, on one store: each with its keys, the newest first.
struct Deployments {
    clock: Clock,
    memory: Memory,
    encrypt: bool,
}

impl Deployments {
    fn new(encrypt: bool) -> Self {
        let (clock, memory, _, _) = parts();
        Self {
            clock,
            memory,
            encrypt,
        }
    }

    fn with_keys(&self, keys: &[&[u8]]) -> Server {
        let (first, fallbacks) = keys.split_first().expect("a key");
        let builder = Sessions::builder()
            .secret_key(secret(first))
            .clock(self.clock.clone());
        let builder = fallbacks
            .iter()
            .fold(builder, |builder, key| builder.fallback_key(secret(key)));
        let builder = builder
            .encrypt_cookies(self.encrypt)
            .backend("memory", self.memory.clone());
        app::serve_with(builder.skip_verification().build().expect("fit settings"))
    }

    fn client(&self, server: &Server) -> Client {
        Client::new(server).with_clock(self.clock.clone())
    }

    async fn reads(&self, server: &Server, kind: &str, value: &str) -> String {
        user(&self.client(server), kind, format!("{COOKIE}={value}")).await
    }
}

/// S50, V7
/// Both orders are tested: what is sent opens under the new key alone, and not under the old one alone.
#[actix_web::test]
async fn the_first_answer_after_a_rotation_seals_with_the_new_key() {
    for encrypt in [false, true] {
        for kind in KINDS {
            let deployments = Deployments::new(encrypt);
            let (old, new) = (
                deployments.with_keys(&[SECRET]),
                deployments.with_keys(&[OTHER_SECRET]),
            );
            let both = deployments.with_keys(&[OTHER_SECRET, SECRET]);
            let sealed_before = sign_in(&deployments.client(&old), kind).await;

            let client = deployments.client(&both);
            client.set_raw_cookie(COOKIE, &sealed_before);
            let reply = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!(reply.text(), "ada", "{kind}");
            let sealed_after = reply
                .set_cookie(COOKIE)
                .expect("the first answer, though it only read")
                .value;

            assert_eq!(
                deployments.reads(&new, kind, &sealed_after).await,
                "ada",
                "{kind}: the new key alone"
            );
            assert_eq!(
                deployments.reads(&old, kind, &sealed_after).await,
                "nobody",
                "{kind}: the old key alone"
            );
            assert_eq!(
                deployments.reads(&new, kind, &sealed_before).await,
                "nobody",
                "{kind}: the old key is gone"
            );
            let again = client.get(&format!("{kind}/get/user")).send().await;
            assert_eq!(
                (again.text().as_str(), again.set_cookies().len()),
                ("ada", 0),
                "{kind}: once"
            );
        }
    }
}

/// S50, V7
#[actix_web::test]
async fn new_sessions_are_sealed_with_the_first_key_only() {
    for kind in KINDS {
        let deployments = Deployments::new(false);
        let all = deployments.with_keys(&[THIRD_SECRET, OTHER_SECRET, SECRET]);
        let value = sign_in(&deployments.client(&all), kind).await;
        for (keys, expected) in [
            (&[THIRD_SECRET][..], "ada"),
            (&[OTHER_SECRET], "nobody"),
            (&[SECRET], "nobody"),
            (&[OTHER_SECRET, SECRET], "nobody"),
            (&[SECRET, OTHER_SECRET, THIRD_SECRET], "ada"),
        ] {
            let server = deployments.with_keys(keys);
            assert_eq!(deployments.reads(&server, kind, &value).await, expected, "{kind}");
        }
    }
}

/// S50
/// A removed key is refused at once, by all that it ever sealed, and says so to nobody.
#[actix_web::test]
async fn every_fallback_key_opens_until_it_is_removed() {
    for kind in KINDS {
        let deployments = Deployments::new(false);
        let (first, second) = (
            deployments.with_keys(&[SECRET]),
            deployments.with_keys(&[OTHER_SECRET]),
        );
        let values = [
            sign_in(&deployments.client(&first), kind).await,
            sign_in(&deployments.client(&second), kind).await,
        ];
        let all = deployments.with_keys(&[THIRD_SECRET, OTHER_SECRET, SECRET]);
        for value in &values {
            assert_eq!(deployments.reads(&all, kind, value).await, "ada", "{kind}");
        }
        let fewer = deployments.with_keys(&[THIRD_SECRET, OTHER_SECRET]);
        assert_eq!(
            deployments.reads(&fewer, kind, &values[0]).await,
            "nobody",
            "{kind}"
        );
        assert_eq!(deployments.reads(&fewer, kind, &values[1]).await, "ada", "{kind}");
    }
}

/// S50
#[actix_web::test]
async fn sealed_cookies_of_the_application_open_under_fallback_keys_too() {
    let deployments = Deployments::new(false);
    let old = deployments.with_keys(&[SECRET]);
    let client = deployments.client(&old);
    client.get("/secure/invite/put/ada").send().await;
    let line = format!("invite={}", client.cookie("invite").expect("a cookie"));
    for (keys, expected) in [(&[OTHER_SECRET, SECRET][..], "ada"), (&[OTHER_SECRET], "nobody")] {
        let server = deployments.with_keys(keys);
        let reply = deployments
            .client(&server)
            .get("/secure/invite/get")
            .cookie_header(&line)
            .send()
            .await;
        assert_eq!(reply.text(), expected);
    }
}
