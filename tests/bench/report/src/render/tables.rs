//! The tables of the report, one for each measurement.

use super::page::table;
use crate::contenders::{ALL, Contender, Kind};
use crate::figures::Figures;

/// A contender's label in tables: ours in bold.
pub(super) fn label(contender: &Contender) -> String {
    if contender.kind == Kind::Ours {
        format!("**{}**", contender.label)
    } else {
        contender.label.to_owned()
    }
}

/// A figure beside that of the contender's bare handler.
pub(super) fn beside_bare(figures: &Figures, contender: &Contender, work: &str, column: &str) -> Option<f64> {
    Some(figures.number(&[contender.name, work], column)? / bare(figures, contender, column)?)
}

/// A figure above that of the contender's bare handler.
pub(super) fn above_bare(figures: &Figures, contender: &Contender, work: &str, column: &str) -> Option<f64> {
    Some(figures.number(&[contender.name, work], column)? - bare(figures, contender, column)?)
}

fn bare(figures: &Figures, contender: &Contender, column: &str) -> Option<f64> {
    figures.number(&[contender.framework.bare(), "unused"], column)
}

/// A row for each contender and work of which there are figures.
fn each(row: impl Fn(&Contender, &str) -> Option<Vec<String>>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for contender in &ALL {
        for work in contender.works() {
            let Some(figures) = row(contender, work) else {
                continue;
            };
            let bare = contender.kind == Kind::Bare;
            let name = if bare {
                label(contender)
            } else {
                format!("{}, {work}", label(contender))
            };
            rows.push(std::iter::once(name).chain(figures).collect());
        }
    }
    rows
}

pub(super) fn instructions(figures: &Figures) -> String {
    let rows = each(|contender, work| {
        let count = |column| figures.number(&[contender.name, work], column);
        let ratio = |column| {
            let ratio = beside_bare(figures, contender, work, column);
            ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2} x"))
        };
        let callgrind = count("callgrind")?;
        let above = above_bare(figures, contender, work, "callgrind")?;
        let real = count("real").map_or_else(|| "-".to_owned(), |count| format!("{count:.0}"));
        Some(vec![
            format!("{callgrind:.0}"),
            format!("{above:.0}"),
            ratio("callgrind"),
            real,
            ratio("real"),
        ])
    });
    table(
        &[
            "",
            "callgrind (software SHA-256)",
            "above bare",
            "beside bare",
            "real",
            "beside bare",
        ],
        rows,
    )
}

pub(super) fn allocations(figures: &Figures) -> String {
    let rows = each(|contender, work| {
        let count = figures.number(&[contender.name, work], "allocations")?;
        let above = above_bare(figures, contender, work, "allocations")?;
        Some(vec![short(count), short(above)])
    });
    table(&["", "allocations", "above bare"], rows)
}

pub(super) fn wall(figures: &Figures) -> String {
    let rows = each(|contender, work| {
        let number = |column| figures.number(&[contender.name, work], column);
        let [bare, each, ratio] = [number("bare ns")?, number("ns")?, number("ratio")?];
        Some(vec![
            format!("{bare:.0}"),
            format!("{each:.0}"),
            format!("{ratio:.2} x"),
        ])
    });
    table(&["", "bare, ns", "ns", "beside bare"], rows)
}

pub(super) fn requests(figures: &Figures) -> String {
    let rows = each(|contender, work| {
        let number = |column| figures.number(&[contender.name, work], column);
        Some(vec![
            format!("{:.0}", number("per second")?),
            format!("{:.2}", number("beside bare")?),
            format!("{:.1}", number("application us")?),
            match number("store us")? {
                0.0 => "-".to_owned(),
                store => format!("{store:.1}"),
            },
        ])
    });
    table(
        &[
            "",
            "requests/s",
            "beside bare",
            "processor time, us, of the application",
            "of Redis or memcached",
        ],
        rows,
    )
}

pub(super) fn commands(figures: &Figures) -> String {
    let rows = each(|contender, work| {
        Some(vec![
            figures.word(&[contender.name, work], "commands")?.to_owned(),
        ])
    });
    table(&["", "commands"], rows)
}

pub(super) fn gets(figures: &Figures) -> String {
    let best = figures.number(&["async-memcached-each"], "per second");
    let rows = figures.rows().iter().filter_map(|row| {
        let (speed, best) = (row[1].parse::<f64>().ok()?, best?);
        let name = named(&row[0]);
        Some(vec![
            name,
            format!("{speed:.0}"),
            format!("{:.2} x", speed / best),
            row[2].clone(),
            row[3].clone(),
        ])
    });
    table(
        &["", "loads/s", "beside async-memcached", "median, us", "p99, us"],
        rows.collect::<Vec<_>>(),
    )
}

pub(super) fn saves(figures: &Figures) -> String {
    let rows = figures.rows().iter().filter_map(|row| {
        let ours = figures.number(&[&row[0], "datastore"], "saves per second")?;
        let ours_reads = figures.number(&[&row[0], "datastore"], "reads per second")?;
        let number = |at: usize| row[at].parse::<f64>().ok();
        Some(vec![
            format!("{}, {}", row[0].to_uppercase(), named(&row[1])),
            format!("{:.0}", number(2)?),
            format!("{:.1} x", ours / number(2)?),
            format!("{:.0}", number(3)?),
            format!("{:.1}", number(7)?),
            format!("{:.0}", number(8)?),
            format!("{:.0}", number(9)?),
            format!("{:.1} x", ours_reads / number(9)?),
        ])
    });
    let columns = [
        "",
        "saves/s",
        "ours is",
        "median, us",
        "p99, in fsyncs",
        "worst, in fsyncs",
        "reads/s",
        "ours is",
    ];
    table(&columns, rows.collect::<Vec<_>>())
}

pub(super) fn storms(figures: &Figures) -> String {
    let rows = figures.rows().iter().map(|row| {
        let contender = Contender::named(&row[0]);
        let of = |lost: &String| format!("{lost} of {}", row[1]);
        vec![
            label(contender),
            of(&row[2]),
            of(&row[3]),
            row[4].clone(),
            row[5].clone(),
        ]
    });
    table(
        &["", "lost entries", "lost increments", "refused", "sign-out held"],
        rows.collect::<Vec<_>>(),
    )
}

pub(super) fn compile(figures: &Figures) -> String {
    let rows = figures.rows().iter().map(|row| {
        let name = built(&row[0]).to_owned();
        std::iter::once(name).chain(row[1..].iter().cloned()).collect()
    });
    table(&["", "crates", "added", "seconds"], rows.collect::<Vec<_>>())
}

/// What is built.
pub(super) fn built(name: &str) -> &'static str {
    match name {
        "sealed" => "**sessions-runtime**",
        "actix-session-signed" => "actix-session",
        _ => "without sessions",
    }
}

/// Contenders that answer no HTTP.
pub(super) fn named(name: &str) -> String {
    match name {
        "memcache" => "**memcache**".to_owned(),
        "async-memcached-each" => "async-memcached, 32 connections".to_owned(),
        "async-memcached-one" => "async-memcached, 1 connection".to_owned(),
        "datastore" => "**datastore**".to_owned(),
        "sqlx-store" => "tower-sessions-sqlx-store".to_owned(),
        _ => name.replace("pool-", "pool of "),
    }
}

/// A mean that is mostly a whole number.
fn short(value: f64) -> String {
    if value.fract().abs() < 0.005 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
