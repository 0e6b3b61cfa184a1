//! The page as a whole.

use std::fs;

use super::{charts, sections, targets};
use crate::figures::{Figures, root};

const HEAD: &str = "\
# Measurements

Written by `tests/bench/run`, which builds everything, starts the servers it needs and measures for about half an hour;
`tests/bench/run NAME ..` measures again what is named, and each section says its name. Ratios of one run count; absolute
figures are this machine's.

**The work** is the same for everybody: a session of three values, a number, a short text and a text of 32 characters.
*Read* gets all three, *write* gets the number and sets it one higher, *unused* has the session at hand and does not mention
it. *Bare* is the same handler without any session, its request with a cookie header of the same size. tower-sessions runs
on axum, so it is compared with a bare axum handler, never with actix-web.

**Equal for all**: cargo's own settings of a release build (no LTO across crates, 16 codegen units, unwinding panics) with
line tables, the system's allocator, one worker thread, defaults of each library. Its Redis and memcached run on the same
machine and keep nothing on disk.
";

/// Writes `REPORT.md`, and the charts in `charts/`.
pub(crate) fn write() {
    let charts = charts::all();
    fs::create_dir_all(root().join("charts")).expect("a directory that can be written");
    for (name, chart) in &charts {
        fs::write(
            root().join("charts").join(name).with_extension("svg"),
            chart.svg(),
        )
        .expect("a file");
    }
    let mut page = HEAD.to_owned();
    page.push_str(&versions());
    page.push_str(&targets::table_of_targets());
    page.push_str(include_str!("tried.md"));
    for section in sections::ALL {
        let figures = Figures::load(section.name);
        if figures.is_empty() {
            continue;
        }
        let (title, name, text) = (section.title, section.name, section.text);
        page.extend([
            "\n## ",
            title,
            "\n\n`tests/bench/run ",
            name,
            "`\n\n",
            text,
            "\n\n",
        ]);
        page.push_str(&(section.table)(&figures));
        for (name, chart) in &charts {
            if section.charts.contains(name) {
                page.extend(["\n![", chart.title, "](charts/", name, ".svg)\n"]);
            }
        }
    }
    fs::write(root().join("REPORT.md"), page).expect("a file that can be written");
}

fn versions() -> String {
    let figures = Figures::load("versions");
    let words = figures.rows().iter().map(|row| format!("{} {}", row[0], row[1]));
    format!(
        "\n**Versions** (`tests/bench/run versions`): {}.\n",
        words.collect::<Vec<_>>().join(" · ")
    )
}

/// A table in Markdown. The first column is text, the others are figures.
pub(super) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |words: &[String]| format!("| {} |\n", words.join(" | "));
    let names: Vec<String> = columns.iter().map(ToString::to_string).collect();
    let rule: Vec<String> = (0..columns.len())
        .map(|at| if at == 0 { "---" } else { "---:" }.to_owned())
        .collect();
    let rows: String = rows.into_iter().map(|row| line(&row)).collect();
    line(&names) + &line(&rule) + &rows
}
