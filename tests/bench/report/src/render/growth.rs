//! Tables and charts of SQLite as it grows, purges and expires.

use super::chart::{Chart, Group};
use super::page::table;
use crate::contenders::Kind;
use crate::figures::Figures;

pub(super) fn scale(figures: &Figures) -> String {
    let rows = figures.rows().iter().filter_map(|row| {
        let number = |column| figures.number(&[&row[0]], column);
        let whole = |column| Some(format!("{:.0}", number(column)?));
        let tenths = |column| Some(format!("{:.1}", number(column)?));
        Some(vec![
            rows(&row[0]),
            whole("file MB")?,
            whole("cold load us")?,
            whole("cold p99 us")?,
            tenths("cold KiB read")?,
            tenths("load us")?,
            tenths("load p99 us")?,
            whole("loads per second")?,
            whole("full saves per second")?,
            format!("{:.1}", number("full p99 us")? / number("bare fsync us")?),
            whole("normal saves per second")?,
            format!("{:.1}", number("normal p99 us")? / number("bare fsync us")?),
        ])
    });
    table(
        &[
            "rows",
            "MB",
            "cold load, us",
            "p99, us",
            "KiB read",
            "warm load, us",
            "p99, us",
            "loads/s",
            "saves/s, FULL",
            "p99, in fsyncs",
            "saves/s, NORMAL",
            "p99, in fsyncs",
        ],
        rows.collect::<Vec<_>>(),
    )
}

pub(super) fn purge(figures: &Figures) -> String {
    let rows = figures.rows().iter().filter_map(|row| {
        let word = |column| Some(figures.word(&[&row[0], &row[1]], column)?.to_owned());
        Some(vec![
            format!("{}, {}", rows(&row[0]), visitors(&row[1])),
            word("purged")?,
            word("in s")?,
            word("load p99 us without")?,
            word("load p99 us with")?,
            format!("{} x", word("load p99 ratio")?),
            word("save p99 us without")?,
            word("save p99 us with")?,
            format!("{} x", word("save p99 ratio")?),
        ])
    });
    table(
        &[
            "live and expired rows",
            "purged",
            "in s",
            "load p99 without, us",
            "with the purge",
            "",
            "save p99 without, us",
            "with the purge",
            "",
        ],
        rows.collect::<Vec<_>>(),
    )
}

pub(super) fn expiry(figures: &Figures) -> String {
    let floor = |checkpoint: &str, column| {
        figures
            .number(&["none", checkpoint], column)
            .filter(|speed| *speed > 0.0)
    };
    let rows = figures.rows().iter().filter_map(|row| {
        let mut words = vec![variant(&row[0]), row[1].clone()];
        for column in ["full saves per second", "normal saves per second"] {
            let speed = figures.number(&[&row[0], &row[1]], column)?;
            words.push(format!("{speed:.0}"));
            words.push(format!("{:.2}", speed / floor(&row[1], column)?));
        }
        Some(words)
    });
    table(
        &[
            "",
            "checkpoint at, pages",
            "saves/s, FULL",
            "beside no index",
            "saves/s, NORMAL",
            "beside no index",
        ],
        rows.collect::<Vec<_>>(),
    )
}

pub(super) fn loads() -> Chart {
    Chart {
        title: "SQLite: a load, by the number of rows",
        axis: "microseconds, the median: less is better",
        series: &["in memory", "from the disk"],
        line: None,
        groups: sizes(["load us", "cold load us"]),
    }
}

pub(super) fn saves() -> Chart {
    Chart {
        title: "SQLite: saves a second, by the number of rows",
        axis: "saves a second, 32 tasks: more is better",
        series: &["synchronous=FULL", "synchronous=NORMAL"],
        line: None,
        groups: sizes(["full saves per second", "normal saves per second"]),
    }
}

/// A group for each number of rows.
fn sizes(columns: [&str; 2]) -> Vec<Group> {
    let figures = Figures::load("scale");
    let group = |row: &Vec<String>| group(&figures, &row[..1], format!("{} rows", rows(&row[0])), columns);
    figures.rows().iter().filter_map(group).collect()
}

pub(super) fn beside_purge() -> Chart {
    let figures = Figures::load("purge");
    let mut groups = Vec::new();
    for row in figures.rows() {
        for (what, columns) in [
            ("loads", ["load p99 us without", "load p99 us with"]),
            ("saves", ["save p99 us without", "save p99 us with"]),
        ] {
            groups.extend(group(
                &figures,
                &row[..2],
                format!("{what}, {}", visitors(&row[1])),
                columns,
            ));
        }
    }
    Chart {
        title: "SQLite: 99 of 100 are done within, beside a purge",
        axis: "microseconds, the 99th percentile: less is better",
        series: &["without", "with the purge"],
        line: None,
        groups,
    }
}

pub(super) fn expiries() -> Chart {
    let figures = Figures::load("expiry");
    let columns = ["full saves per second", "normal saves per second"];
    let groups = figures.rows().iter().filter_map(|row| {
        let label = format!("{}, {}", short(&row[0]), row[1]);
        let mut group = group(&figures, &row[..2], label, columns)?;
        group.kind = if row[0] == "bucket" {
            Kind::Ours
        } else {
            Kind::Theirs
        };
        Some(group)
    });
    Chart {
        title: "SQLite: saves a second, by how the expiry is kept",
        axis: "saves a second of one thread, checkpoint at so many pages: more is better",
        series: &["synchronous=FULL", "synchronous=NORMAL"],
        line: None,
        groups: groups.collect(),
    }
}

fn group(figures: &Figures, begins: &[String], label: String, columns: [&str; 2]) -> Option<Group> {
    let begins: Vec<&str> = begins.iter().map(String::as_str).collect();
    let [one, other] = columns.map(|column| figures.number(&begins, column));
    Some(Group {
        label,
        kind: Kind::Ours,
        values: vec![one?, other?],
    })
}

/// `10 k`, `1 M`
fn rows(count: &str) -> String {
    match count.strip_suffix("000") {
        Some(thousands) => match thousands.strip_suffix("000") {
            Some(millions) => format!("{millions} M"),
            None => format!("{thousands} k"),
        },
        None => count.to_owned(),
    }
}

fn visitors(name: &str) -> &'static str {
    match name {
        "requests" => "200 requests/s",
        _ => "32 tasks",
    }
}

fn variant(name: &str) -> String {
    match name {
        "none" => "no index",
        "index" => "index on the expiry",
        "bucket" => "**index on its hour**, named where it changes",
        "bucket-named" => "index on its hour, named always",
        _ => "a table of its own, with an index",
    }
    .to_owned()
}

fn short(name: &str) -> &'static str {
    match name {
        "none" => "no index",
        "index" => "index on the expiry",
        "bucket" => "index on its hour",
        "bucket-named" => "hour, named always",
        _ => "table of its own",
    }
}
