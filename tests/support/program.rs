//! An example program as a user runs it: the real binary, in an empty directory.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::{env, fs, process};

use sessions_runtime::testing::check_set_cookie_lines;

use super::{evidence, logs};

/// Every variable that an example reads; a test sets the ones it means, and no others reach the program.
const VARIABLES: [&str; 6] = [
    "SESSIONS_SECRET_KEY",
    "APP_ENV",
    "INSECURE_COOKIES",
    "RUST_LOG",
    "SHOP_BACKEND",
    "SHOP_DB",
];

/// Builds an example once for this test binary, into the target directory that this binary lies in, and gives its path.
pub fn binary(example: &'static str) -> PathBuf {
    static BUILT: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    let own = env::current_exe().expect("this test has a path");
    // target/debug/deps/quickstart-0123: the directory of the profile is two above.
    let profile = own
        .ancestors()
        .nth(2)
        .expect("tests lie in target/<profile>/deps");
    let binary = profile
        .join("examples")
        .join(format!("{example}{}", env::consts::EXE_SUFFIX));
    // Tests that come meanwhile wait for the one that builds.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(example) {
        build(example, profile);
        assert!(binary.is_file(), "{} is missing", binary.display());
        built.insert(example);
    }
    binary
}

fn build(example: &str, profile: &Path) {
    let target = profile
        .parent()
        .expect("the profile lies in the target directory");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the workspace");
    let mut build = Command::new(env!("CARGO"));
    build
        .args([
            "build",
            "--quiet",
            "--package",
            "sessions-examples",
            "--example",
            example,
        ])
        .arg("--target-dir")
        .arg(target)
        .current_dir(root);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    let status = build.status().expect("cargo starts");
    assert!(status.success(), "`cargo build --example {example}` failed");
}

/// An empty directory that is removed with everything in it.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("sessions-example-{}-{name}", process::id()));
        // Left behind by a test that was killed.
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).expect("a directory for the test");
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed here is removed by the system some day.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// An example in a directory, with these variables and no others that it reads.
pub fn command(example: &'static str, directory: &Directory, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary(example));
    command
        .current_dir(&directory.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.env("PORT", "0").envs(variables.iter().copied());
    command
}

/// The running program; it ends with this value, also when the test fails.
pub struct Program {
    child: Child,
    errors: Option<JoinHandle<String>>,
    url: String,
}

impl Program {
    pub fn start(example: &'static str, directory: &Directory, variables: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        logs::capture();
        let mut child = command(example, directory, variables)
            .spawn()
            .expect("the program starts");
        // Read all along, so that the program never waits for room in the pipe.
        let mut stderr = child.stderr.take().expect("standard error is piped");
        let errors = std::thread::spawn(move || {
            let mut text = Vec::new();
            // What arrived before an error counts.
            drop(stderr.read_to_end(&mut text));
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            if let Some(mut file) = evidence::file(&format!("{example}-{number}.log")) {
                file.write_all(&text).expect("a log can be written");
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut program = Self {
            child,
            errors: Some(errors),
            url: String::new(),
        };
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("standard output is text");
        match line.trim_end().strip_prefix("listening on ") {
            Some(url) if url.starts_with("http://127.0.0.1:") => url.clone_into(&mut program.url),
            _ => panic!("the first line is {line:?}; standard error: {}", program.stop()),
        }
        program
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Ends the program as Ctrl-C does, and waits for it.
    #[cfg(unix)]
    pub fn interrupt(mut self) -> ExitStatus {
        let sent = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()
            .expect("`kill` is part of the system");
        assert!(sent.success());
        self.child.wait().expect("the program is ours")
    }

    /// Ends the program as a crash would, and gives what it wrote to standard error.
    pub fn stop(mut self) -> String {
        self.end()
    }

    fn end(&mut self) -> String {
        // It may have ended by itself already.
        drop(self.child.kill());
        drop(self.child.wait());
        let errors = self.errors.take().map(JoinHandle::join);
        errors.and_then(Result::ok).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// An answer: status, header lines by lower-case name, body.
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, Vec<String>>,
    pub text: String,
}

impl Answer {
    pub fn set_cookies(&self) -> &[String] {
        self.headers.get("set-cookie").map_or(&[], Vec::as_slice)
    }
}

/// Asks for a page with `curl`, which reads the cookie jar and writes it back.
pub fn curl(jar: &Path, url: &str) -> Answer {
    let arguments: [&OsStr; 9] = [
        "--silent".as_ref(),
        "--show-error".as_ref(),
        "--include".as_ref(),
        "--max-time".as_ref(),
        "20".as_ref(),
        "-c".as_ref(),
        jar.as_ref(),
        "-b".as_ref(),
        jar.as_ref(),
    ];
    let output = Command::new("curl")
        .args(arguments)
        .arg(url)
        .env_remove("http_proxy")
        .output();
    let output = output.unwrap_or_else(|err| {
        panic!("`curl` cannot be started ({err}); install it, on Debian with `apt-get install curl`")
    });
    assert!(
        output.status.success(),
        "curl {url}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer = String::from_utf8_lossy(&output.stdout);
    let (head, text) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok());
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(value.to_owned());
    }
    let answer = Answer {
        status: status.expect("an answer has a status"),
        headers,
        text: text.to_owned(),
    };
    let lines = answer.set_cookies().iter().map(String::as_bytes);
    check_set_cookie_lines(lines).expect("cookies as browsers want them");
    answer
}
