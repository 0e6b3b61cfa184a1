//! Real browsers that hang up: the server finds out whenever it finds out.

use std::io::Write as _;
use std::net::TcpStream;

use futures_util::future::join_all;
use sessions_runtime::testing::{Client, serve};

use crate::ground::Ground;
use crate::pages::{ADD, ALONE, Does, MERGING, WHO};
use crate::support::random::{Random, seed};

/// C13, V28, R7
/// Each visitor has a second tab that asks for pages and hangs up at once, before or after the end of its request.
pub(crate) async fn browsers_that_hang_up_disturb_nobody(ground: Ground) {
    let server = serve(ground.configure());
    let seed = seed();
    println!("SESSIONS_SEED={seed}");
    let mut random = Random::new(seed);
    let pages: Vec<_> = MERGING
        .into_iter()
        .chain(ALONE)
        .filter(|page| page.does == Does::Nothing)
        .collect();
    let visits = (0..16).map(|number| {
        let (client, mut random) = (Client::new(&server), random.fork());
        let (pages, address) = (&pages, server.address());
        async move {
            let who = format!("visitor-{number}");
            let ask = async |path: &str| {
                let reply = client.get(path).header(WHO, &who).send().await;
                assert_eq!(reply.status, 200, "{path}");
                reply.text()
            };
            ask("/begin").await;
            let (mut least, mut most) = (1, 1);
            for _ in 0..12 {
                let page = random.one_of(pages);
                let cookies = client.cookie_header("/").expect("a session");
                let request = format!(
                    "GET {} HTTP/1.1\r\nhost: x\r\n{WHO}: {who}\r\ncookie: {cookies}\r\n\r\n",
                    page.path
                );
                let sent = if random.below(4) == 0 {
                    random.below(request.len())
                } else {
                    request.len()
                };
                let mut stream = TcpStream::connect(address).expect("the server listens");
                stream
                    .write_all(&request.as_bytes()[..sent])
                    .expect("the server reads");
                drop(stream);
                most += page.adds;
                ask(ADD.path).await;
                (least, most) = (least + 1, most + 1);
            }
            // What is still under way ends before, or is merged with it.
            ask("/locked").await;
            let text = ask("/read").await;
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(
                (words[0], words[1], words[2]),
                ("loaded", &*who, words[3]),
                "{text}"
            );
            let number: u32 = words[2].parse().expect("a number");
            assert!(
                (least + 1..=most + 1).contains(&number),
                "{number}: {least}..={most}"
            );
            for note in ask("/notes").await.split_whitespace() {
                assert_eq!(note, who);
            }
        }
    });
    join_all(visits).await;
    assert_eq!(
        ground.watch.strangers(),
        0,
        "a page was given somebody else's session"
    );
}
