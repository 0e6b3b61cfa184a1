//! What a compiler says to the cases in `fail/`, beside what is recorded: kind, place, and our own words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// The directories of cases.
pub(crate) const PLACES: [&str; 3] = ["ui/fail", "ui/fail/flash", "ui/fail/module"];

/// What the compiler says itself without a code; all other messages without a code are ours.
const COMPILERS: [&str; 2] = ["unexpected token", "unused variable"];

/// What we say through the compiler's own error for a missing trait.
const OURS: [&str; 7] = [
    "is not a session",
    "is not a response",
    "is not an extractor",
    "is not a flash message",
    "cannot be added as a flash message",
    "cannot be kept in a session",
    "has no text to show",
];

/// An error as far as every compiler has to agree on it, in order of its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    line: u64,
    column: u64,
    code: Option<String>,
    /// Empty where the compiler chooses the words.
    message: String,
}

impl Told {
    fn new(line: u64, column: u64, code: Option<String>, message: String) -> Self {
        // A lint has its name there.
        let code = code.filter(|code| code.starts_with('E'));
        let ours = match &code {
            None => !COMPILERS.iter().any(|theirs| message.starts_with(theirs)),
            Some(_) => OURS.iter().any(|ours| message.contains(ours)),
        };
        let message = if ours { message } else { String::new() };
        Self {
            line,
            column,
            code,
            message,
        }
    }
}

/// What `rustc -V` says.
pub(crate) fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-V").output().expect("a compiler");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Compiles all cases at once and compares each with its `.stderr`.
pub(crate) fn check() {
    let cases = cases();
    assert!(cases.len() > 100, "the cases are where they are expected");
    let told = compile(&cases);
    let mut differences = String::new();
    for case in &cases {
        let recorded = fs::read_to_string(case.with_extension("stderr")).expect("a recorded message");
        let mut expected = recorded_errors(&recorded);
        expected.sort();
        let mut actual = told.get(case).cloned().unwrap_or_default();
        actual.sort();
        if actual != expected {
            let name = case.display();
            writeln!(
                differences,
                "{name}\n  expected: {expected:#?}\n  told: {actual:#?}"
            )
            .expect("a string");
        }
    }
    assert!(differences.is_empty(), "{}:\n{differences}", compiler());
}

/// Of a case whose mistakes are numbered at the ends of their lines: how many there are, and the lines of its errors.
pub(crate) fn numbered(case: &str) -> (Vec<u64>, Vec<u64>) {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join(case);
    let source = fs::read_to_string(&case).expect("a case");
    let numbered = (1..).zip(source.lines()).filter_map(|(line, text)| {
        let (_, number) = text.rsplit_once("// ")?;
        number.parse::<u32>().ok().map(|_| line)
    });
    let recorded = fs::read_to_string(case.with_extension("stderr")).expect("a recorded message");
    let mut told: Vec<u64> = recorded_errors(&recorded).iter().map(|told| told.line).collect();
    told.sort_unstable();
    (numbered.collect(), told)
}

/// The files in `fail/`.
fn cases() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases: Vec<PathBuf> = PLACES
        .iter()
        .flat_map(|place| fs::read_dir(here.join(place)).expect("a directory of cases"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    cases
}

/// What the compiler says to each case.
fn compile(cases: &[PathBuf]) -> BTreeMap<PathBuf, Vec<Told>> {
    let project = project(cases);
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--bins",
            "--keep-going",
            "--offline",
            "--quiet",
            "--message-format=json",
        ])
        .arg("--manifest-path")
        .arg(project.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", project.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let mut told: BTreeMap<PathBuf, Vec<Told>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(report) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let Some(error) = error_of(&report) else { continue };
        let case = PathBuf::from(report["target"]["src_path"].as_str().unwrap_or_default());
        told.entry(case).or_default().push(error);
    }
    assert!(
        !told.is_empty(),
        "nothing was compiled: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}

/// A package with a program for each case, beside the build of this one.
fn project(cases: &[PathBuf]) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = tests.parent().expect("the workspace");
    let project = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ui");
    let runtime = workspace.join("sessions-runtime");
    let runtime = runtime.display();
    let mut manifest = format!(
        r#"[package]
name = "mistakes"
version = "0.0.0"
edition = "2024"

[dependencies]
actix-web = {{ version = "4", default-features = false, features = ["macros"] }}
futures-util = {{ version = "0.3", default-features = false }}
serde = {{ version = "1", features = ["derive"] }}
sessions-runtime = {{ path = '{runtime}' }}

[workspace]
"#
    );
    for (index, case) in cases.iter().enumerate() {
        write!(
            manifest,
            "\n[[bin]]\nname = \"case{index}\"\npath = '{}'\n",
            case.display()
        )
        .expect("a string");
    }
    fs::create_dir_all(&project).expect("a directory of our own");
    fs::write(project.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(workspace.join("Cargo.lock"), project.join("Cargo.lock")).expect("the workspace's lock file");
    project
}

/// The error in one of cargo's reports.
fn error_of(report: &Value) -> Option<Told> {
    let message = report
        .get("message")
        .filter(|message| message["level"] == "error")?;
    let primary = message["spans"]
        .as_array()?
        .iter()
        .find(|span| span["is_primary"] == true)?;
    Some(Told::new(
        primary["line_start"].as_u64()?,
        primary["column_start"].as_u64()?,
        message["code"]["code"].as_str().map(str::to_owned),
        message["message"].as_str()?.to_owned(),
    ))
}

/// The errors in a `.stderr` file: `error[code]: message`, over one line or several, and then `--> file:line:column`.
fn recorded_errors(recorded: &str) -> Vec<Told> {
    let mut told = Vec::new();
    let mut lines = recorded.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("error") else {
            continue;
        };
        let Some((code, first)) = rest.split_once(": ") else {
            continue;
        };
        let code = code.strip_prefix('[').and_then(|code| code.strip_suffix(']'));
        let mut message = first.to_owned();
        for line in lines.by_ref() {
            if let Some((_, place)) = line.split_once("--> ") {
                let mut numbers = place.rsplit(':').filter_map(|number| number.parse().ok());
                if let (Some(column), Some(line)) = (numbers.next(), numbers.next()) {
                    told.push(Told::new(line, column, code.map(str::to_owned), message));
                }
                break;
            }
            message.push('\n');
            message.push_str(line.trim_start());
        }
    }
    told
}
