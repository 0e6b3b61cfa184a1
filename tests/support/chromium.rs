//! A real Chromium without a window, driven over a pipe in its `DevTools` protocol.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// No network of its own, no first steps, nothing that differs from one start to the next.
const ARGUMENTS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--remote-debugging-pipe",
    "about:blank",
];

/// However busy the machine is, nothing here takes as long.
const LONGEST: Duration = Duration::from_secs(60);

/// A browser with one page.
pub struct Chromium {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    /// What commands are about, once there is a page.
    page: Option<String>,
    /// The number of the last command.
    last: u64,
    /// Every document that has been loaded to its end, the present one last.
    loaded: Vec<Value>,
}

impl Chromium {
    /// Starts with the profile in this directory, which it makes; a later one finds the cookies of an earlier one.
    ///
    /// # Panics
    ///
    /// With the cure, if there is no Chromium: a missing browser must not look like a passed test.
    pub fn start(profile: &Path) -> Self {
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let found = Command::new(&program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        assert!(
            found,
            "`{program}` cannot be started: tests/run installs it, or CHROMIUM names one of yours"
        );
        std::fs::create_dir_all(profile).expect("a directory for the profile");
        let (commands, answers) = (profile.join("commands"), profile.join("answers"));
        for pipe in [&commands, &answers] {
            // Left behind by an earlier one.
            drop(std::fs::remove_file(pipe));
            let made = Command::new("mkfifo")
                .arg(pipe)
                .status()
                .expect("`mkfifo` is part of the system");
            assert!(made.success());
        }
        // Chromium reads commands from descriptor 3 and writes answers to 4. Opening a pipe waits for its other end.
        let child = Command::new("sh")
            .args(["-c", r#"exec 3<"$0" 4>"$1"; shift; exec "$@""#])
            .args([&commands, &answers])
            .arg(&program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`sh` is part of the system");
        let commands = File::options()
            .write(true)
            .open(commands)
            .expect("the pipe is there");
        let answers = File::open(answers).expect("the pipe is there");
        let mut browser = Self {
            child,
            commands,
            messages: read(answers),
            page: None,
            last: 0,
            loaded: Vec::new(),
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let session = browser.call(
            "Target.attachToTarget",
            &json!({ "targetId": target["targetId"], "flatten": true }),
        );
        browser.page = session["sessionId"].as_str().map(str::to_owned);
        browser.call("Page.enable", &json!({}));
        browser.call("Page.setLifecycleEventsEnabled", &json!({ "enabled": true }));
        browser
    }

    /// Goes to an address and waits until the page is there.
    pub fn open(&mut self, url: &str) {
        let document = self.call("Page.navigate", &json!({ "url": url }))["loaderId"].take();
        while !self.loaded.contains(&document) {
            self.receive();
        }
    }

    /// Clicks on the element of a selector and waits for the page it leads to.
    pub fn click(&mut self, selector: &str) {
        let before = self.loaded.len();
        self.evaluate(&format!("document.querySelector({selector:?}).click()"));
        while self.loaded.len() == before {
            self.receive();
        }
    }

    /// Types into the field of a selector.
    pub fn fill(&mut self, selector: &str, text: &str) {
        self.evaluate(&format!("document.querySelector({selector:?}).value = {text:?}"));
    }

    /// The value of an expression on the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let mut answer = self.call(
            "Runtime.evaluate",
            &json!({ "expression": expression, "returnByValue": true }),
        );
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Shows the page as a screen of this width does.
    pub fn resize(&mut self, width: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 }),
        );
    }

    /// Ends as a user ends it: what it knows is written to the profile.
    pub fn close(mut self) {
        self.page = None;
        self.call("Browser.close", &json!({}));
        self.child.wait().expect("the process is ours");
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(page) = &self.page {
            command["sessionId"] = json!(page);
        }
        self.commands
            .write_all(format!("{command}\0").as_bytes())
            .expect("Chromium reads its commands");
        let id = json!(self.last);
        let mut answer = self.receive();
        while answer["id"] != id {
            answer = self.receive();
        }
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The next message; remembers which documents are there.
    fn receive(&mut self) -> Value {
        let message = self.messages.recv_timeout(LONGEST).expect("Chromium answers");
        let (method, event) = (&message["method"], &message["params"]);
        if method == "Page.lifecycleEvent" && event["name"] == "load" {
            self.loaded.push(event["loaderId"].clone());
        }
        message
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Messages end with a zero byte. Read on a thread of their own, so that waiting for one has an end.
fn read(answers: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for message in BufReader::new(answers).split(0) {
            let Ok(message) = message else { return };
            let message = serde_json::from_slice(&message).expect("Chromium speaks JSON");
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
