//! What sessions-runtime has to reach, and what it reaches.

use super::page::table;
use super::tables::{above_bare, beside_bare};
use crate::contenders::Contender;
use crate::figures::Figures;

/// One demand.
struct Target {
    measure: &'static str,
    /// What actix-session reaches, or whoever stands in the measure.
    theirs: Option<f64>,
    /// What is reached without any session, by what every session needs.
    floor: Option<f64>,
    ours: Option<f64>,
    demand: Demand,
    /// How the figures are written.
    unit: &'static str,
}

#[derive(Clone, Copy)]
enum Demand {
    AtMost(f64),
    AtLeast(f64),
}

impl Demand {
    fn met(self, figure: f64) -> bool {
        match self {
            Self::AtMost(limit) => figure <= limit,
            Self::AtLeast(limit) => figure >= limit,
        }
    }

    fn text(self, unit: &str) -> String {
        match self {
            Self::AtMost(limit) => format!("at most {limit}{unit}"),
            Self::AtLeast(limit) => format!("at least {limit}{unit}"),
        }
    }
}

use Demand::{AtLeast, AtMost};

pub(super) fn table_of_targets() -> String {
    let rows = all().into_iter().map(|target| {
        let figure = |figure: Option<f64>| {
            figure.map_or_else(
                || "-".to_owned(),
                |figure| format!("{}{}", written(figure), target.unit),
            )
        };
        let met = target
            .ours
            .map_or("-", |ours| if target.demand.met(ours) { "yes" } else { "**no**" });
        vec![
            target.measure.to_owned(),
            figure(target.theirs),
            figure(target.floor),
            figure(target.ours),
            target.demand.text(target.unit),
            met.to_owned(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    format!(
        "\n## Targets\n\n{}",
        table(
            &["", "actix-session", "floor", "ours", "ours must be", "met"],
            rows
        )
    )
}

fn written(figure: f64) -> String {
    if figure >= 100.0 || figure.fract().abs() < 0.005 {
        format!("{figure:.0}")
    } else {
        format!("{figure:.2}")
    }
}

fn all() -> Vec<Target> {
    let mut targets = in_process();
    targets.extend(served());
    targets.extend(stores());
    targets
}

fn in_process() -> Vec<Target> {
    let (instructions, allocations) = (Figures::load("instructions"), Figures::load("allocations"));
    let ratio = |name, work| beside_bare(&instructions, Contender::named(name), work, "callgrind");
    let above = |name, work| above_bare(&allocations, Contender::named(name), work, "allocations");
    let extra = |name| above_bare(&instructions, Contender::named(name), "unused", "callgrind");
    let (signed, private) = ("actix-session-signed", "actix-session-private");
    let target = |measure, theirs, ours, work, limit| Target {
        measure,
        theirs: ratio(theirs, work),
        // That of an encrypted cookie was not measured.
        floor: (ours == "sealed").then(|| ratio("sealed-floor", work)).flatten(),
        ours: ratio(ours, work),
        demand: AtMost(limit),
        unit: " x",
    };
    let count = |measure, work, limit| Target {
        measure,
        theirs: above(signed, work),
        floor: above("sealed-floor", work),
        ours: above("sealed", work),
        demand: AtMost(limit),
        unit: "",
    };
    vec![
        target(
            "sealed cookie, read, instructions beside bare (callgrind)",
            signed,
            "sealed",
            "read",
            3.0,
        ),
        target(
            "sealed cookie, write, instructions beside bare (callgrind)",
            signed,
            "sealed",
            "write",
            5.0,
        ),
        target(
            "sealed and encrypted, read, instructions beside bare (callgrind)",
            private,
            "encrypted",
            "read",
            3.0,
        ),
        target(
            "sealed and encrypted, write, instructions beside bare (callgrind)",
            private,
            "encrypted",
            "write",
            5.0,
        ),
        count("sealed cookie, read, allocations above bare", "read", 5.0),
        count("sealed cookie, write, allocations above bare", "write", 9.0),
        Target {
            measure: "session not mentioned, instructions above bare (callgrind)",
            theirs: extra(signed),
            floor: None,
            ours: extra("sealed"),
            demand: AtMost(500.0),
            unit: "",
        },
        count("session not mentioned, allocations above bare", "unused", 1.0),
    ]
}

fn served() -> Vec<Target> {
    let requests = Figures::load("requests");
    let part = |name, work| requests.number(&[name, work], "beside bare");
    let floor = |ours| match ours {
        "sealed" => "sealed-floor",
        "redis" => "redis-floor",
        _ => "",
    };
    let target = |measure, theirs, ours, work, limit| Target {
        measure,
        theirs: part(theirs, work),
        floor: part(floor(ours), work),
        ours: part(ours, work),
        demand: AtLeast(limit),
        unit: "",
    };
    let (signed, redis) = ("actix-session-signed", "actix-session-redis");
    vec![
        target(
            "sealed cookie, read, requests/s beside bare",
            signed,
            "sealed",
            "read",
            0.95,
        ),
        target(
            "sealed cookie, write, requests/s beside bare",
            signed,
            "sealed",
            "write",
            0.88,
        ),
        target(
            "Redis, read, requests/s beside bare",
            redis,
            "redis",
            "read",
            0.60,
        ),
        target(
            "Redis, write, requests/s beside bare",
            redis,
            "redis",
            "write",
            0.50,
        ),
        target(
            "memcached, read, requests/s beside bare",
            "",
            "memcache",
            "read",
            0.60,
        ),
        target(
            "memcached, write, requests/s beside bare",
            "",
            "memcache",
            "write",
            0.50,
        ),
    ]
}

fn stores() -> Vec<Target> {
    let (gets, saves, storms) = (
        Figures::load("gets"),
        Figures::load("saves"),
        Figures::load("storms"),
    );
    let get = |name| gets.number(&[name], "per second");
    let save = |durability, name, column| saves.number(&[durability, name], column);
    let speed = |durability, name| save(durability, name, "saves per second");
    let pool = |durability| {
        let speeds = ["pool-1", "pool-4", "pool-10"]
            .into_iter()
            .filter_map(|name| speed(durability, name));
        speeds.max_by(f64::total_cmp)
    };
    let over = |ours: Option<f64>, theirs: Option<f64>| Some(ours? / theirs?);
    let times = |measure, ours, limit| Target {
        measure,
        theirs: None,
        floor: None,
        ours,
        demand: AtLeast(limit),
        unit: " x",
    };
    let at_most = |measure, ours, limit| Target {
        measure,
        theirs: None,
        floor: None,
        ours,
        demand: AtMost(limit),
        unit: "",
    };
    let lost =
        |name| Some(storms.number(&[name], "lost entries")? + storms.number(&[name], "lost increments")?);
    let servers = ["memory", "datastore", "memcache", "redis"];
    let ours_lost = servers
        .into_iter()
        .filter_map(lost)
        .reduce(|one, other| one + other);
    let (full, normal) = (speed("full", "datastore"), speed("normal", "datastore"));
    let sqlx = |durability| speed(durability, "sqlx-store");
    let reads = |name| save("normal", name, "reads per second");
    vec![
        times(
            "memcached loads/s beside async-memcached",
            over(get("memcache"), get("async-memcached-each")),
            2.5,
        ),
        times(
            "SQLite FULL, saves/s beside the best pool",
            over(full, pool("full")),
            6.0,
        ),
        times(
            "SQLite FULL, saves/s beside sqlx-store",
            over(full, sqlx("full")),
            6.0,
        ),
        at_most(
            "SQLite FULL, p99 in bare fsyncs",
            save("full", "datastore", "p99 in fsyncs"),
            20.0,
        ),
        at_most(
            "SQLite FULL, worst in bare fsyncs",
            save("full", "datastore", "worst in fsyncs"),
            2000.0,
        ),
        times(
            "SQLite NORMAL, saves/s beside the best pool",
            over(normal, pool("normal")),
            1.4,
        ),
        times(
            "SQLite NORMAL, saves/s beside sqlx-store",
            over(normal, sqlx("normal")),
            3.0,
        ),
        times(
            "SQLite reads/s beside sqlx-store",
            over(reads("datastore"), reads("sqlx-store")),
            2.0,
        ),
        Target {
            measure: "lost updates of 2 x 64 requests, all server backends together",
            theirs: lost("actix-session-redis"),
            floor: None,
            ours: ours_lost,
            demand: AtMost(0.0),
            unit: "",
        },
    ]
}
