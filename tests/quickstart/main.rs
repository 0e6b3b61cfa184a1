//! `examples/quickstart` does what it says, with a client that knows nothing of it.

#[path = "../support/mod.rs"]
mod support;

use std::fs;

use support::program::{Answer, Directory, Program, binary, command, curl};

const EXAMPLE: &str = "quickstart";

/// A running quickstart in a directory of its own, and one browser.
struct Run {
    program: Program,
    directory: Directory,
}

impl Run {
    fn new(name: &str) -> Self {
        let directory = Directory::new(name);
        let program = Program::start(EXAMPLE, &directory, &[]);
        Self { program, directory }
    }

    fn get(&self, path: &str) -> Answer {
        let answer = curl(&self.directory.file("jar"), &self.program.url(path));
        assert_eq!(answer.status, 200, "{path}");
        answer
    }

    fn jar(&self) -> String {
        fs::read_to_string(self.directory.file("jar")).unwrap_or_default()
    }
}

/// G1, G3, G4, G11
#[test]
fn a_value_in_the_session_is_persisted() {
    let run = Run::new("session");
    assert_eq!(run.get("/session").text, "visit 1, session no cookie\n");
    assert_eq!(run.get("/session").text, "visit 2, session loaded\n");
    assert_eq!(run.get("/session").text, "visit 3, session loaded\n");
    let jar = run.jar();
    assert!(
        jar.contains("__Host-session") && jar.contains("#HttpOnly_127.0.0.1"),
        "{jar}"
    );
    fs::remove_file(run.directory.file("jar")).expect("the jar is there");
    assert_eq!(run.get("/session").text, "visit 1, session no cookie\n");
}

/// G6, G7, G8, G10
#[test]
fn several_sessions_have_a_backend_and_a_cookie_each() {
    let run = Run::new("multiple");
    let first = run.get("/multiple");
    assert_eq!(
        first.text,
        "1 x tea in memory session, remembered in securecookie\n"
    );
    assert_eq!(first.set_cookies().len(), 2);
    let again = run.get("/multiple");
    assert_eq!(
        again.text,
        "2 x tea in memory session, remembered in securecookie\n"
    );
    assert!(
        again.set_cookies().is_empty(),
        "the sealed one did not change, and the id neither"
    );
    let jar = run.jar();
    assert!(
        jar.contains("__Host-cart") && jar.contains("__Host-session"),
        "{jar}"
    );
}

/// G4, G12
#[test]
fn without_a_backend_the_handler_uses_the_configured_one() {
    let run = Run::new("default");
    assert_eq!(run.get("/default").text, "foo=bar in securecookie\n");
    assert!(run.get("/default").set_cookies().is_empty());
}

/// G14, G15, G16, G17
#[test]
fn a_flash_message_is_shown_once_by_the_next_page() {
    let run = Run::new("flash");
    assert_eq!(run.get("/flash").text, "added one\n");
    assert_eq!(run.get("/flash").text, "info: I am a flash message!\nadded one\n");
    assert_eq!(run.get("/flash").text, "info: I am a flash message!\nadded one\n");
}

/// G19, G20
#[test]
fn cookies_are_set_and_deleted_before_there_is_a_response() {
    let run = Run::new("cookies");
    let answer = run.get("/cookies");
    assert_eq!(answer.text, "testing cookies\n");
    let mut lines = answer.set_cookies().to_vec();
    lines.sort();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with("another_key=; Max-Age=0; Expires=Thu, 01 Jan 1970"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("key=value; Path=/;"), "{lines:?}");
    let jar = run.jar();
    assert!(
        jar.contains("key\tvalue") && !jar.contains("another_key"),
        "{jar}"
    );
}

/// S51, V10
#[test]
fn the_secret_for_development_is_private_loud_and_kept() {
    let run = Run::new("secret");
    let file = run.directory.file(".sessions-dev-secret");
    let secret = fs::read(&file).expect("the file is made");
    assert_eq!(secret.len(), 48);
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).expect("the file").permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    run.get("/session");
    let Run { program, directory } = run;
    let errors = program.stop();
    assert!(
        errors.contains("WARNING: SESSIONS_SECRET_KEY is not set"),
        "{errors}"
    );
    assert!(errors.contains(".sessions-dev-secret"), "{errors}");
    // The next start finds it, and with it every session.
    let program = Program::start(EXAMPLE, &directory, &[]);
    let answer = curl(&directory.file("jar"), &program.url("/session"));
    assert_eq!(answer.text, "visit 2, session loaded\n");
    assert_eq!(fs::read(&file).expect("the file is kept"), secret);
}

/// S51
#[test]
fn a_secret_of_the_environment_is_used_and_no_file_is_made() {
    let directory = Directory::new("environment");
    let program = Program::start(
        EXAMPLE,
        &directory,
        &[("SESSIONS_SECRET_KEY", "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")],
    );
    assert_eq!(
        curl(&directory.file("jar"), &program.url("/session")).text,
        "visit 1, session no cookie\n"
    );
    assert!(!directory.file(".sessions-dev-secret").exists());
    assert!(!program.stop().contains("WARNING"));
}

/// S51, V10, T2
#[test]
fn production_without_a_fit_secret_does_not_start() {
    for (name, variables) in [
        ("production", vec![("APP_ENV", "production")]),
        ("short", vec![("SESSIONS_SECRET_KEY", "short")]),
        (
            "sample",
            vec![
                ("APP_ENV", "production"),
                ("SESSIONS_SECRET_KEY", "my very secret secret key, made longer"),
            ],
        ),
    ] {
        let directory = Directory::new(name);
        let output = command(EXAMPLE, &directory, &variables)
            .output()
            .expect("the program starts");
        assert!(!output.status.success(), "{name}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            errors.contains("SESSIONS_SECRET_KEY") && errors.contains("openssl rand -base64 48"),
            "{errors}"
        );
        assert!(output.stdout.is_empty(), "{name}: it must not listen");
        assert!(!directory.file(".sessions-dev-secret").exists(), "{name}");
    }
}

/// T3
#[test]
fn insecure_cookies_have_to_be_asked_for() {
    let directory = Directory::new("insecure");
    let program = Program::start(EXAMPLE, &directory, &[("INSECURE_COOKIES", "1")]);
    let answer = curl(&directory.file("jar"), &program.url("/session"));
    let lines = answer.set_cookies();
    assert!(
        lines[0].starts_with("session=") && !lines[0].contains("Secure"),
        "{lines:?}"
    );
    assert!(program.stop().contains("without `Secure`"));
}

/// G3
#[test]
fn the_program_is_short() {
    assert!(binary(EXAMPLE).is_file());
    let main = include_str!("../../examples/quickstart/main.rs");
    assert!(main.lines().count() < 100, "{} lines", main.lines().count());
}
