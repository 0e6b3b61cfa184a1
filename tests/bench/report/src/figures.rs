//! Tables of figures: what a measurement leaves behind, and what the report is made of.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// One measurement's figures: a line of names, then lines of words and numbers.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Figures {
    pub(crate) fn new(name: &'static str, columns: &[&str]) -> Self {
        Self {
            name,
            columns: columns.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a line, and prints it at once: a measurement takes a while.
    pub(crate) fn add(&mut self, row: &[&dyn Display]) {
        self.add_words(row.iter().map(ToString::to_string));
    }

    /// The same of figures that have been written already.
    pub(crate) fn add_words(&mut self, row: impl IntoIterator<Item = String>) {
        let row: Vec<String> = row.into_iter().collect();
        assert_eq!(row.len(), self.columns.len(), "a figure for each column");
        println!("{}: {}", self.name, row.join(" "));
        self.rows.push(row);
    }

    pub(crate) fn save(&self) {
        let lines = std::iter::once(&self.columns)
            .chain(&self.rows)
            .map(|words| words.join("\t") + "\n");
        fs::create_dir_all(directory()).expect("a directory that can be written");
        fs::write(path(self.name), lines.collect::<String>()).expect("a file that can be written");
    }

    /// What the last measurement of this name has left; nothing, if there was none.
    pub(crate) fn load(name: &'static str) -> Self {
        let text = fs::read_to_string(path(name)).unwrap_or_default();
        let mut lines = text
            .lines()
            .map(|line| line.split('\t').map(str::to_owned).collect());
        Self {
            name,
            columns: lines.next().unwrap_or_default(),
            rows: lines.collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The word in the line that begins with these words.
    pub(crate) fn word(&self, begins: &[&str], column: &str) -> Option<&str> {
        let column = self.columns.iter().position(|name| name == column)?;
        let row = self
            .rows
            .iter()
            .find(|row| row.iter().zip(begins).all(|(word, begin)| word == begin))?;
        row.get(column).map(String::as_str)
    }

    /// The number in the line that begins with these words.
    pub(crate) fn number(&self, begins: &[&str], column: &str) -> Option<f64> {
        self.word(begins, column)?.parse().ok()
    }
}

/// Where the figures, the report and the charts are.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn directory() -> PathBuf {
    root().join("figures")
}

fn path(name: &str) -> PathBuf {
    directory().join(name).with_extension("tsv")
}
