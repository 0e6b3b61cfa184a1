//! The same storm for each contender: requests of one session that have all loaded before one saves.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::contenders::{ALL, Contender};
use crate::figures::Figures;
use crate::http::{self, Reply};
use crate::programs::{Servers, Site};

/// Requests at once.
const STORM: usize = 64;
/// Requests in flight while somebody signs out.
const SLOW: usize = 16;

pub(crate) async fn measure(servers: &Servers) -> Figures {
    let columns = [
        "contender",
        "requests",
        "lost entries",
        "lost increments",
        "answered 5xx",
        "sign-out held",
    ];
    let mut figures = Figures::new("storms", &columns);
    for contender in ALL.iter().filter(|contender| contender.kind.has_sessions()) {
        let site = Site::start(servers.requests(contender).args(["storm", contender.name]));
        let (entries, refused_entries) = lost(site.address, |n| format!("/own/{n}"), "/count").await;
        let (increments, refused_increments) =
            lost(site.address, |_| "/increment".to_owned(), "/total").await;
        let held = signs_out(site.address, contender).await;
        let held = if held { "yes" } else { "no" };
        let refused = refused_entries + refused_increments;
        figures.add(&[&contender.name, &STORM, &entries, &increments, &refused, &held]);
    }
    figures
}

/// How many updates got lost, and how many requests said that theirs would.
async fn lost(address: SocketAddr, path: impl Fn(usize) -> String, total: &str) -> (usize, usize) {
    let signed_in = http::get(address, "/sign-in", None)
        .await
        .cookie
        .expect("a cookie");
    let replies = overlap(address, &signed_in, (0..STORM).map(path).collect(), async || ()).await;
    // As a browser: the last cookie counts.
    let cookie = replies
        .iter()
        .rev()
        .find_map(|reply| reply.cookie.clone())
        .unwrap_or(signed_in);
    let found: usize = http::get(address, total, Some(&cookie))
        .await
        .body
        .parse()
        .expect("a number");
    let refused = replies.iter().filter(|reply| !reply.succeeded).count();
    (STORM - refused - found, refused)
}

/// Whether everybody stays signed out: with the old cookie, and with each that a request in flight was given.
async fn signs_out(address: SocketAddr, contender: &Contender) -> bool {
    let signed_in = http::get(address, "/sign-in", None)
        .await
        .cookie
        .expect("a cookie");
    assert_eq!(
        http::get(address, "/who", Some(&signed_in)).await.body,
        "ada",
        "{} signs in",
        contender.name
    );
    let out = async || {
        assert!(http::get(address, "/sign-out", Some(&signed_in)).await.succeeded);
    };
    let replies = overlap(address, &signed_in, vec!["/slow".to_owned(); SLOW], out).await;
    for cookie in replies
        .iter()
        .filter_map(|reply| reply.cookie.as_ref())
        .chain([&signed_in])
    {
        if http::get(address, "/who", Some(cookie)).await.body == "ada" {
            return false;
        }
    }
    true
}

/// Requests that all wait at the gate; then something else happens; then the gate opens. Replies in the order in which
/// they came.
async fn overlap(
    address: SocketAddr,
    cookie: &str,
    paths: Vec<String>,
    meanwhile: impl AsyncFnOnce(),
) -> Vec<Reply> {
    http::get(address, "/gate/close", None).await;
    let arrived = format!("/gate/arrived/{}", paths.len());
    let mut requests = JoinSet::new();
    for path in paths {
        let cookie = cookie.to_owned();
        requests.spawn(async move { http::get(address, &path, Some(&cookie)).await });
    }
    let all = timeout(Duration::from_secs(10), http::get(address, &arrived, None)).await;
    assert!(
        all.is_ok(),
        "the requests do not overlap: one of them waits for another"
    );
    meanwhile().await;
    http::get(address, "/gate/open", None).await;
    let mut replies = Vec::new();
    while let Some(reply) = requests.join_next().await {
        replies.push(reply.expect("a reply"));
    }
    replies
}
