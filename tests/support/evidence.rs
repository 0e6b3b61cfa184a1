//! What must never be in a log, written down while the tests run: markers, cookies, store keys, secrets.
//!
//! `tests/run` names a directory in `SESSIONS_TEST_LOGS`. There each process has its log (see `logs`) and a file of
//! evidence, `kind<TAB>text` a line; afterwards `tests/checks/logs` searches all logs for all of it. Without the variable
//! nothing is written.

use std::env;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A file of this process in the directory of logs, if there is to be one.
pub fn file(extension: &str) -> Option<File> {
    let place = PathBuf::from(env::var_os("SESSIONS_TEST_LOGS")?);
    let program = env::current_exe().ok()?;
    let name = program.file_stem()?.to_string_lossy().into_owned();
    fs::create_dir_all(&place).expect("the directory for logs can be made");
    let path = place.join(format!("{name}-{}.{extension}", process::id()));
    Some(File::create(path).expect("a log can be written"))
}

/// Notes something that no log may have.
pub fn note(kind: &str, text: &str) {
    static FILE: OnceLock<Option<Mutex<File>>> = OnceLock::new();
    let Some(file) = FILE.get_or_init(|| file("evidence").map(Mutex::new)) else {
        return;
    };
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(file, "{kind}\t{text}").expect("the evidence can be written");
}

/// Sixteen letters and digits, random for each process, that pages put into what they store. A process that reads what
/// another one stored is given the marker of that one, in `SESSIONS_TEST_MARKER`.
pub fn marker() -> &'static str {
    static MARKER: OnceLock<String> = OnceLock::new();
    MARKER.get_or_init(|| {
        if let Ok(given) = env::var("SESSIONS_TEST_MARKER") {
            return given;
        }
        let letters = b"abcdefghijklmnopqrstuvwxyz234567";
        let marker: String = (0..16_u8)
            .map(|at| {
                // The standard library's own randomness is enough to be told from everything else in a log.
                let random = RandomState::new().hash_one(at);
                char::from(letters[usize::try_from(random % 32).expect("below 32")])
            })
            .collect();
        note("marker", &marker);
        marker
    })
}

/// A value as a page stores it: with the marker of the process behind it.
pub fn marked(value: &str) -> String {
    format!("{value}{}", marker())
}

/// What [`marked`] was given.
pub fn unmarked(value: &str) -> String {
    value.strip_suffix(marker()).unwrap_or(value).to_owned()
}
