//! Requests of an application that is driven by hand, dropped where they wait.

use std::rc::Rc;

use actix_web::rt::spawn;
use actix_web::rt::task::JoinHandle;
use futures_util::future::join_all;

use crate::by_hand::ByHand;
use crate::cut::Cut;
use crate::ground::{Ground, ROOM};
use crate::pages::{ADD, ALONE, LOCKED, MERGING, Page, READ};
use crate::support::random::{Random, deep, seed};
use crate::visitor::Visitor;

/// No request waits more often.
const MOST_AWAITS: usize = 100;

async fn visitors(app: &ByHand, count: usize) -> Vec<Rc<Visitor>> {
    join_all((0..count).map(async |number| Rc::new(Visitor::new(app, format!("visitor-{number}")).await)))
        .await
}

/// One task for each, so that each is polled when its own answer comes; what one of them finds fails the test.
async fn all<T: 'static>(tasks: impl Iterator<Item = JoinHandle<T>>) -> Vec<T> {
    let mut outputs = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        outputs.push(task.await.expect("nothing was mixed up"));
    }
    outputs
}

/// What must be so after a storm: nobody saw a session of somebody else, each is whole, free and takes changes, nothing
/// that a dropped call occupied is missing, and nothing was so much in doubt that a new connection was needed.
async fn aftermath(ground: &Ground, app: &ByHand, visitors: &[Rc<Visitor>], connections: Option<u64>) {
    all(visitors
        .iter()
        .cloned()
        .map(|visitor| spawn(async move { visitor.look().await })))
    .await;
    // As many calls as there is room for, all of them at once.
    let crowd =
        join_all((0..ROOM).map(|number| app.request(READ.path, &format!("crowd-{number}"), ""))).await;
    assert!(crowd.iter().all(|answer| answer.status == 200));
    let crowd = visitors.iter().cycle().take(ROOM - ROOM / 4).cloned();
    all(crowd.map(|visitor| spawn(async move { visitor.visit(ADD).await }))).await;
    all(visitors
        .iter()
        .cloned()
        .map(|visitor| spawn(async move { visitor.look().await })))
    .await;
    assert_eq!(
        ground.watch.strangers(),
        0,
        "a page was given somebody else's session"
    );
    // Each question opens one of its own.
    assert_eq!(ground.connections(), connections.map(|count| count + 1));
}

/// C13, V28, R7
/// Eight visitors at once, for each kind of page, for each point it waits at, before and after its answer has come.
pub(crate) async fn requests_dropped_at_every_await_leave_every_session_whole(ground: Ground) {
    let app = ByHand::new(&ground).await;
    let visitors = visitors(&app, 8).await;
    let connections = ground.connections();
    let points: [fn(usize) -> Cut; 2] = [Cut::Waiting, Cut::Woken];
    for page in MERGING.into_iter().chain(ALONE) {
        for point in points {
            let vanish = |visitor: Rc<Visitor>, at| spawn(async move { visitor.vanish(page, at).await });
            let awaits = at_every_await(&visitors, point, vanish).await;
            assert!(awaits >= 1, "{} waits for its session", page.path);
        }
    }
    for point in points {
        let vanish =
            |visitor: Rc<Visitor>, at| spawn(async move { visitor.vanish_as_somebody_new(at).await });
        at_every_await(&visitors, point, vanish).await;
    }
    aftermath(&ground, &app, &visitors, connections).await;
}

/// Drops the requests of all visitors at each point in turn, until no request comes that far. How many there are.
async fn at_every_await(
    visitors: &[Rc<Visitor>],
    point: fn(usize) -> Cut,
    vanish: impl Fn(Rc<Visitor>, Cut) -> JoinHandle<bool>,
) -> usize {
    for polls in 0..MOST_AWAITS {
        let vanished = all(visitors
            .iter()
            .cloned()
            .map(|visitor| vanish(visitor, point(polls))))
        .await;
        all(visitors
            .iter()
            .cloned()
            .map(|visitor| spawn(async move { visitor.look().await })))
        .await;
        if !vanished.contains(&true) {
            return polls;
        }
    }
    panic!("a request waits more than {MOST_AWAITS} times");
}

/// C13, V28, R7
/// Five hundred dropped requests at random points, amid others that are not; ten thousand with `SESSIONS_DEEP=1`.
pub(crate) async fn a_storm_of_dropped_requests_mixes_nothing_up(ground: Ground) {
    let (seed, drops) = (seed(), if deep() { 10_000 } else { 500 });
    println!("SESSIONS_SEED={seed}");
    let mut random = Random::new(seed);
    let app = ByHand::new(&ground).await;
    let visitors = visitors(&app, 16).await;
    let connections = ground.connections();
    let each = drops / visitors.len() + 1;
    let storms = visitors.iter().cloned().map(|visitor| {
        let random = random.fork();
        spawn(async move { storm(&visitor, random, each).await })
    });
    let dropped: usize = all(storms).await.into_iter().sum();
    assert!(dropped >= drops, "{dropped}");
    println!("{dropped} requests were dropped");
    aftermath(&ground, &app, &visitors, connections).await;
}

/// The storm of one visitor, with up to three requests at once, until so many were dropped.
async fn storm(visitor: &Visitor, mut random: Random, drops: usize) -> usize {
    let mut dropped = 0;
    while dropped < drops {
        let pages: Vec<Page> = match random.below(3) {
            0 => vec![random.one_of(&ALONE)],
            1 => vec![LOCKED, LOCKED],
            _ => (0..=random.below(3)).map(|_| random.one_of(&MERGING)).collect(),
        };
        let requests = pages.into_iter().map(|page| {
            let polls = random.below(9);
            let cut = match random.below(3) {
                0 => None,
                1 => Some(Cut::Waiting(polls)),
                _ => Some(Cut::Woken(polls)),
            };
            async move {
                if let Some(at) = cut {
                    return usize::from(visitor.vanish(page, at).await);
                }
                visitor.visit(page).await;
                0
            }
        });
        dropped += join_all(requests).await.into_iter().sum::<usize>();
        visitor.look().await;
    }
    dropped
}
