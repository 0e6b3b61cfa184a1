//! The charts of the report.

use super::chart::{Chart, Group};
use super::growth;
use super::tables::{above_bare, beside_bare, named};
use crate::contenders::{ALL, Contender, Kind};
use crate::figures::Figures;

const LINE: Option<(f64, &str)> = Some((1.0, "bare = 1.0"));

/// Every chart of which there are figures, by name.
pub(super) fn all() -> Vec<(&'static str, Chart)> {
    let charts = [
        ("instructions", instructions()),
        ("allocations", allocations()),
        ("wall", wall()),
        ("requests", requests()),
        ("gets", gets()),
        (
            "saves-full",
            saves("full", "SQLite saves a second, synchronous=FULL"),
        ),
        (
            "saves-normal",
            saves("normal", "SQLite saves a second, synchronous=NORMAL"),
        ),
        ("sqlite-reads", reads()),
        ("scale-loads", growth::loads()),
        ("scale-saves", growth::saves()),
        ("purge", growth::beside_purge()),
        ("expiry", growth::expiries()),
        ("storms", storms()),
        ("compile", compile()),
    ];
    charts
        .into_iter()
        .filter(|(_, chart)| !chart.groups.is_empty())
        .collect()
}

fn instructions() -> Chart {
    let figures = Figures::load("instructions");
    Chart {
        title: "Instructions a request, beside the bare handler",
        axis: "times the instructions of the bare handler, under callgrind: less is better",
        series: &["read", "write"],
        line: LINE,
        groups: read_and_write(|contender, work| beside_bare(&figures, contender, work, "callgrind")),
    }
}

fn allocations() -> Chart {
    let figures = Figures::load("allocations");
    Chart {
        title: "Allocations a request, above the bare handler's 13",
        axis: "allocations above the bare handler: less is better",
        series: &["read", "write"],
        line: None,
        groups: read_and_write(|contender, work| above_bare(&figures, contender, work, "allocations")),
    }
}

fn wall() -> Chart {
    let figures = Figures::load("wall");
    // What waits for a server or a disk is a hundred times as long, and has the charts of its own below.
    let in_memory = [
        "sealed",
        "encrypted",
        "memory",
        "actix-session-signed",
        "actix-session-private",
        "sealed-floor",
        "tower-memory",
    ];
    let mut groups = read_and_write(|contender, work| {
        in_memory
            .contains(&contender.name)
            .then(|| figures.number(&[contender.name, work], "ratio"))?
    });
    groups.retain(|group| !group.values.is_empty());
    Chart {
        title: "Wall time a request, beside the bare handler",
        axis: "times the time of the bare handler, inside one process: less is better",
        series: &["read", "write"],
        line: LINE,
        groups,
    }
}

fn requests() -> Chart {
    let figures = Figures::load("requests");
    Chart {
        title: "Requests a second, beside the bare handler",
        axis: "part of the bare handler's requests a second, over loopback: more is better",
        series: &["read", "write"],
        line: LINE,
        groups: read_and_write(|contender, work| figures.number(&[contender.name, work], "beside bare")),
    }
}

/// A group for each contender with sessions, if there are both figures.
fn read_and_write(figure: impl Fn(&Contender, &str) -> Option<f64>) -> Vec<Group> {
    let group = |contender: &Contender| {
        let values = vec![figure(contender, "read")?, figure(contender, "write")?];
        Some(Group {
            label: contender.label.to_owned(),
            kind: contender.kind,
            values,
        })
    };
    ALL.iter()
        .filter(|contender| contender.kind != Kind::Bare)
        .filter_map(group)
        .collect()
}

fn gets() -> Chart {
    let figures = Figures::load("gets");
    Chart {
        title: "memcached: loads a second, 32 tasks",
        axis: "loads a second: more is better",
        series: &[],
        line: None,
        groups: rows(&figures, &[], 1),
    }
}

fn saves(durability: &'static str, title: &'static str) -> Chart {
    let figures = Figures::load("saves");
    Chart {
        title,
        axis: "saves a second, 32 tasks: more is better",
        series: &[],
        line: None,
        groups: rows(&figures, &[durability], 2),
    }
}

fn reads() -> Chart {
    let figures = Figures::load("saves");
    Chart {
        title: "SQLite reads a second, one after the other",
        axis: "reads a second: more is better",
        series: &[],
        line: None,
        groups: rows(&figures, &["normal"], 9),
    }
}

/// A group for each line that begins so, with the figure at this place.
fn rows(figures: &Figures, begins: &[&str], place: usize) -> Vec<Group> {
    let group = |row: &Vec<String>| {
        let name = row.get(begins.len())?;
        let kind = if ["memcache", "datastore"].contains(&name.as_str()) {
            Kind::Ours
        } else {
            Kind::Theirs
        };
        let label = named(name).replace("**", "");
        Some(Group {
            label,
            kind,
            values: vec![row.get(place)?.parse().ok()?],
        })
    };
    let fitting = figures
        .rows()
        .iter()
        .filter(|row| row.iter().zip(begins).all(|(word, begin)| word == begin));
    fitting.filter_map(group).collect()
}

fn storms() -> Chart {
    let figures = Figures::load("storms");
    let group = |row: &Vec<String>| {
        let contender = Contender::named(&row[0]);
        let values = vec![row[2].parse().ok()?, row[3].parse().ok()?];
        Some(Group {
            label: contender.label.to_owned(),
            kind: contender.kind,
            values,
        })
    };
    Chart {
        title: "Lost updates of 64 overlapping requests",
        axis: "updates that got lost: less is better",
        series: &["entries of their own", "increments of one number"],
        line: None,
        groups: figures.rows().iter().filter_map(group).collect(),
    }
}

fn compile() -> Chart {
    let figures = Figures::load("compile");
    let group = |row: &Vec<String>| {
        let (label, kind) = match row[0].as_str() {
            "sealed" => ("sessions-runtime", Kind::Ours),
            "actix-session-signed" => ("actix-session", Kind::Theirs),
            _ => ("without sessions", Kind::Bare),
        };
        Some(Group {
            label: label.to_owned(),
            kind,
            values: vec![row[3].parse().ok()?],
        })
    };
    Chart {
        title: "A clean build of a hello-world",
        axis: "seconds: less is better",
        series: &[],
        line: None,
        groups: figures.rows().iter().filter_map(group).collect(),
    }
}
