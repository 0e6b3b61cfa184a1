//! Genuine cookies in the wrong place: of another name, backend, purpose or application.

use sessions_runtime::testing::{Client, Interposer};
use sessions_runtime::{Memory, Sessions};

use crate::app::{self, COOKIE, KINDS, sign_in, user};
use crate::base64;
use crate::support::site::{SECRET, Site, parts, secret};

/// Every place a sealed value may be meant for: what writes it, its cookie's name, and what reads it.
const PLACES: [(&str, &str, &str); 8] = [
    (
        "/any/securecookie/session/put/ada",
        "__Host-session",
        "/any/securecookie/session/get",
    ),
    (
        "/any/memory/session/put/ada",
        "__Host-session",
        "/any/memory/session/get",
    ),
    (
        "/any/securecookie/cart/put/ada",
        "__Host-cart",
        "/any/securecookie/cart/get",
    ),
    ("/any/memory/cart/put/ada", "__Host-cart", "/any/memory/cart/get"),
    ("/any/second/cart/put/ada", "__Host-cart", "/any/second/cart/get"),
    (
        "/any/securecookie/car/put/ada",
        "__Host-car",
        "/any/securecookie/car/get",
    ),
    ("/secure/invite/put/ada", "invite", "/secure/invite/get"),
    ("/secure/invitee/put/ada", "invitee", "/secure/invitee/get"),
];

/// S44, S45, S68, V8, V9, P9
/// The seal itself refuses: no backend is asked for an id that was meant for another one.
#[actix_web::test]
async fn a_value_opens_at_the_place_it_was_sealed_for_and_nowhere_else() {
    for encrypt in [false, true] {
        let second = Interposer::new(Memory::new());
        let backend = second.clone();
        let site = Site::with(
            |builder| builder.encrypt_cookies(encrypt).backend("second", backend),
            app::routes,
        );
        let mut values = Vec::new();
        for (put, name, _) in PLACES {
            let client = site.client();
            client.get(put).send().await;
            values.push(client.cookie(name).expect("the cookie that was just set"));
        }
        for (from, value) in values.iter().enumerate() {
            for (to, (_, name, get)) in PLACES.iter().enumerate() {
                site.backend.take_operations();
                second.take_operations();
                let reply = site
                    .client()
                    .get(get)
                    .cookie_header(format!("{name}={value}"))
                    .send()
                    .await;
                let expected = if from == to { "ada" } else { "nobody" };
                let what = format!("{:?} at {get}", PLACES[from]);
                assert_eq!(
                    (reply.status.as_u16(), reply.text().as_str()),
                    (200, expected),
                    "{what}"
                );
                let asked = [site.backend.take_operations(), second.take_operations()].concat();
                assert!(from == to || asked.is_empty(), "{what}: {asked:?}");
            }
        }
    }
}

/// S45, V8
/// Bytes of the payload pushed into the times, and the other way round, under the genuine MAC of the same length.
#[actix_web::test]
async fn bytes_do_not_move_between_the_fields_of_a_cookie() {
    let site = app::site();
    for kind in KINDS {
        let client = site.client();
        let frame = base64::decode(&sign_in(&client, kind).await);
        for from in 0..frame.len() {
            for to in [0, 5, 10, 15, frame.len() - 33, frame.len() - 32, frame.len() - 1] {
                let mut moved = frame.clone();
                let byte = moved.remove(from);
                moved.insert(to, byte);
                if moved != frame {
                    let line = format!("{COOKIE}={}", base64::encode(&moved));
                    assert_eq!(
                        user(&client, kind, line).await,
                        "nobody",
                        "{kind}: {from} to {to}"
                    );
                }
            }
        }
    }
}

/// S68, S34
/// Ada's session and a cart of nobody's; a genuine cart and a forged session.
#[actix_web::test]
async fn one_genuine_cookie_does_not_vouch_for_another() {
    let site = app::site();
    let client = site.client();
    client.get("/any/securecookie/session/put/ada").send().await;
    client.get("/any/memory/cart/put/tea").send().await;
    let (session, cart) = (
        client.cookie(COOKIE).expect("a session"),
        client.cookie("__Host-cart").expect("a cart"),
    );
    for (session_sent, cart_sent, session_read, cart_read) in [
        (session.as_str(), cart.as_str(), "ada", "tea"),
        (&session, "forged", "ada", "nobody"),
        ("forged", &cart, "nobody", "tea"),
        (&cart, &session, "nobody", "nobody"),
    ] {
        let line = format!("{COOKIE}={session_sent}; __Host-cart={cart_sent}");
        let session = client
            .get("/any/securecookie/session/get")
            .cookie_header(&line)
            .send()
            .await;
        let cart = client
            .get("/any/memory/cart/get")
            .cookie_header(&line)
            .send()
            .await;
        assert_eq!(
            (session.text().as_str(), cart.text().as_str()),
            (session_read, cart_read)
        );
    }
}

/// S56
/// Two applications with one secret and one server: only the name of their own makes a record theirs.
#[actix_web::test]
async fn applications_on_one_server_do_not_read_each_other() {
    let (clock, memory, _, _) = parts();
    let application = |namespace: &str| {
        let builder = Sessions::builder()
            .secret_key(secret(SECRET))
            .clock(clock.clone())
            .namespace(namespace);
        let builder = builder.backend("memory", memory.clone()).skip_verification();
        app::serve_with(builder.build().expect("fit settings"))
    };
    let (shop, forum) = (application("shop"), application("forum"));
    let client = |server| Client::new(server).with_clock(clock.clone());
    let visitor = client(&shop);
    let value = sign_in(&visitor, "/kept").await;
    let line = format!("{COOKIE}={value}");
    assert_eq!(user(&client(&forum), "/kept", &line).await, "nobody");
    assert_eq!(user(&client(&shop), "/kept", &line).await, "ada");
    let other = client(&forum);
    other.set_raw_cookie(COOKIE, &value);
    other.get("/kept/put/user/eve").send().await;
    assert_ne!(
        other.cookie(COOKIE),
        Some(value),
        "a cookie of the other application is not adopted"
    );
    assert_eq!(
        (memory.len(), user(&client(&shop), "/kept", &line).await.as_str()),
        (2, "ada")
    );
}
