//! The table of outages in the documentation.

use std::fmt;
use std::time::Duration;

use sessions_runtime::testing::Reply;

const CHAPTER: &str = include_str!("../../../sessions-runtime/src/docs/outages.md");

/// A row: what is documented, or what was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) backend: String,
    pub(super) outage: String,
    pub(super) reads: String,
    pub(super) writes: String,
    pub(super) begins: String,
    pub(super) soft: String,
    pub(super) within: String,
    pub(super) afterwards: String,
}

impl Row {
    /// All of them, in order.
    pub(super) fn all() -> Vec<Self> {
        let rows = CHAPTER.lines().filter(|line| line.starts_with("| `"));
        rows.map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [backend, outage, reads, writes, begins, soft, within, afterwards] =
                <[&str; 8]>::try_from(cells)
                    .expect("eight columns")
                    .map(str::to_owned);
            Self {
                backend: backend.trim_matches('`').to_owned(),
                outage,
                reads,
                writes,
                begins,
                soft,
                within,
                afterwards,
            }
        })
        .collect()
    }

    pub(super) fn documented(backend: &str, outage: &str) -> Self {
        let found = Self::all()
            .into_iter()
            .find(|row| row.backend == backend && row.outage == outage);
        found.unwrap_or_else(|| panic!("outages.md has no row for `{backend}`: {outage}"))
    }

    /// How long an answer may take.
    pub(super) fn within(&self) -> Duration {
        let seconds = self
            .within
            .strip_suffix(" s")
            .and_then(|seconds| seconds.parse().ok());
        Duration::from_secs(seconds.expect("seconds"))
    }

    /// The statuses of pages that fail.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let cells = [&self.reads, &self.writes, &self.begins, &self.soft];
        let words = cells.into_iter().flat_map(|cell| cell.split([' ', ',']));
        words
            .filter_map(|word| word.parse().ok())
            .filter(|status| *status >= 500)
            .collect()
    }
}

/// The row as it stands in the documentation.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
            self.backend,
            self.outage,
            self.reads,
            self.writes,
            self.begins,
            self.soft,
            self.within,
            self.afterwards
        )
    }
}

/// What an answer is in the table.
pub(super) fn cell(reply: &Reply) -> String {
    let status = reply.status.as_u16();
    if status >= 500 {
        assert!(reply.text().is_empty() && reply.set_cookies().is_empty());
    }
    match reply.header("retry-after") {
        Some(seconds) => format!("{status}, `Retry-After: {seconds}`"),
        None => status.to_string(),
    }
}
