//! What visitors see while a store is out, beside what the documentation says they do.

mod outage;
mod patron;
mod table;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use sessions_runtime::testing::{Client, Server, serve};

use self::outage::Outage;
use self::patron::Patron;
use self::table::Row;
use crate::ground::Ground;

/// How long it may take until a store that is back is used again; the documentation says a second, and the rest is for a
/// machine that is busy with other tests.
const RECOVERY: Duration = Duration::from_secs(2);
/// The same for an answer during the outage.
const SLACK: Duration = Duration::from_secs(2);

const READERS: usize = 8;
const WRITERS: usize = 24;

/// An outage amid the load of many visitors, from its begin to the recovery. What they see has to be what the row says.
async fn drill(ground: Ground, backend: &'static str, name: &'static str, mut outage: impl Outage) {
    let server = serve(ground.configure());
    let row = Row::documented(backend, name);
    let patrons = join_all(
        (0..READERS + WRITERS)
            .map(async |number| Patron::new(&server, format!("{number}"), number >= READERS, &row).await),
    )
    .await;
    let stop = Cell::new(false);
    let load = join_all(patrons.iter().map(async |patron| {
        while !stop.get() {
            patron.visit().await;
        }
    }));
    let script = async {
        outage.begin(&server).await;
        let seen = during(&server, &patrons).await;
        outage.end(&server).await;
        let begin = Instant::now();
        while patrons[0].ask("/read").await.status != 200 {
            assert!(begin.elapsed() < RECOVERY, "it does not recover by itself");
        }
        println!("used again after {:?}", begin.elapsed());
        stop.set(true);
        seen
    };
    let (seen, _) = join(script, load).await;
    join_all(patrons.iter().map(Patron::look)).await;
    let seen = Row {
        afterwards: afterwards(&patrons),
        ..seen
    };
    assert_eq!(
        ground.watch.strangers(),
        0,
        "a page was given somebody else's session"
    );
    let longest = patrons.iter().map(|patron| patron.longest.get()).max();
    let longest = longest.expect("there are visitors");
    println!("the longest answer took {longest:?}");
    assert!(longest < row.within() + SLACK, "{longest:?}");
    let seen = Row {
        backend: row.backend.clone(),
        outage: row.outage.clone(),
        within: row.within.clone(),
        ..seen
    };
    assert!(
        seen == row,
        "the documentation says\n{row}\nand what is seen is\n{seen}"
    );
}

/// Looks at each sort of page, from several browsers: all see the same.
async fn during(server: &Server, patrons: &[Patron]) -> Row {
    let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
    let (mut begins, mut soft) = (BTreeSet::new(), BTreeSet::new());
    let rounds = (0..3).map(async |round| {
        let (one, other) = (&patrons[round], &patrons[READERS + round]);
        let (somebody, nobody) = (Client::new(server), Client::new(server));
        futures_util::join!(
            one.ask("/read"),
            other.ask("/grow"),
            somebody.get("/enter").send(),
            one.ask("/soft"),
            one.ask("/beside"),
            one.ask("/plain"),
            nobody.get("/read").send(),
        )
    });
    for (read, write, begin, empty, beside, plain, nothing) in join_all(rounds).await {
        // Who has no session needs no store, and is given nothing of those whose pages failed on the same worker.
        assert_eq!(
            (nothing.status.as_u16(), &*nothing.text()),
            (200, "no cookie  0 0")
        );
        assert_eq!((beside.status.as_u16(), plain.status.as_u16()), (200, 200));
        reads.insert(table::cell(&read));
        writes.insert(table::cell(&write));
        begins.insert(table::cell(&begin));
        let suffix = if empty.text() == "unavailable" {
            ", empty"
        } else {
            ""
        };
        soft.insert(table::cell(&empty) + suffix);
    }
    let all = |cells: BTreeSet<String>| cells.into_iter().collect::<Vec<_>>().join(" or ");
    Row {
        reads: all(reads),
        writes: all(writes),
        begins: all(begins),
        soft: all(soft),
        ..Row::default()
    }
}

/// Who is still signed in.
fn afterwards(patrons: &[Patron]) -> String {
    let lost = patrons.iter().filter(|patron| patron.lost.get()).count();
    if lost == 0 {
        "signed in".to_owned()
    } else if lost == patrons.len() {
        "signed out".to_owned()
    } else if patrons
        .iter()
        .all(|patron| patron.lost.get() == patron.failed.get())
    {
        "signed in; whose save failed: signed out".to_owned()
    } else {
        format!("signed out: {lost} of {}", patrons.len())
    }
}

/// Each outage as a test, and the list of them.
macro_rules! drills {
    ($($(#[$about:meta])+ fn $test:ident($backend:literal, $name:literal) = $outage:expr;)*) => {
        $(
            $(#[$about])+
            #[actix_web::test]
            async fn $test() {
                let (ground, outage) = $outage;
                drill(ground, $backend, $name, outage).await;
            }
        )*

        /// R1
        /// No row is documented that nobody has seen.
        #[test]
        fn every_row_of_the_table_is_drilled() {
            let drilled: BTreeSet<(String, String)> =
                [$(($backend.to_owned(), $name.to_owned())),*].into();
            let documented = Row::all().into_iter().map(|row| (row.backend, row.outage));
            assert_eq!(documented.collect::<BTreeSet<_>>(), drilled);
        }
    };
}

drills! {
    /// R1, R3, R5, R6, R8, R11, R20, V39
    #[cfg(feature = "datastore")]
    fn a_database_that_another_program_locks("datastore", "another program holds the write lock and hangs") =
        outage::locked();

    /// R1, R3, R6, R9, R11, R20
    #[cfg(feature = "datastore")]
    fn a_database_that_is_full("datastore", "the file is full (`max_size`)") = outage::full_file();

    /// R1, R3, R6, R9, R11, R20
    #[cfg(feature = "datastore")]
    fn a_database_on_a_disk_that_takes_no_writes("datastore", "the disk takes no writes") = outage::unwritable();

    /// R1, R3, R4, R6, R9, R11, R20, S61, V30
    #[cfg(feature = "datastore")]
    fn a_database_that_is_moved_away("datastore", "the file is moved away") = outage::moved();

    /// R1, R3, R4, R6, R11, R15, R20, S61, V30
    #[cfg(feature = "memcache")]
    fn a_memcached_that_is_killed("memcache", "killed") = outage::memcached_killed();

    /// R1, R3, R5, R6, R11, R20, S61, V30
    #[cfg(feature = "memcache")]
    fn a_memcached_that_freezes("memcache", "frozen") = outage::memcached_frozen();

    /// R1, R6, R13, R20
    #[cfg(feature = "memcache")]
    fn a_memcached_that_is_full_and_may_not_evict("memcache", "full, with `-M`") = outage::memcached_full();

    /// R1, R3, R4, R6, R11, R15, R20, S61, V30
    #[cfg(feature = "redis")]
    fn a_redis_on_the_disk_that_is_killed("redis", "killed, data on the disk") = outage::redis_killed(true);

    /// R1, R3, R4, R6, R11, R15, R20, S61, V30
    #[cfg(feature = "redis")]
    fn a_redis_in_memory_that_is_killed("redis", "killed, data in memory only") = outage::redis_killed(false);

    /// R1, R3, R5, R6, R11, R20, S61, V30
    #[cfg(feature = "redis")]
    fn a_redis_that_freezes("redis", "frozen") = outage::redis_frozen();

    /// R1, R3, R6, R13, R20
    #[cfg(feature = "redis")]
    fn a_redis_that_is_full("redis", "full, with `noeviction`") = outage::redis_full();

    /// R1, R3, R4, R6, R20
    #[cfg(feature = "redis")]
    fn a_redis_that_becomes_a_replica("redis", "a replica for a while") = outage::redis_replica();
}
