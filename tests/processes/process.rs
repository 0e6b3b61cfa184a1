//! A process of the site, for as long as a test needs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use sessions_runtime::testing::Client;

use crate::support::{evidence, logs};

/// The cookie of the site's sessions.
pub(crate) const COOKIE: &str = "__Host-session";

/// A running site. It ends with this value, also when the test fails.
pub(crate) struct Process {
    child: Child,
    url: String,
}

impl Process {
    /// Starts a process whose sessions are on this store, and waits until it listens.
    pub(crate) fn start(store: &str) -> Self {
        logs::capture();
        let mut child = Command::new(env!("CARGO_BIN_EXE_site"))
            .env("SITE_BACKEND", store)
            .env("SESSIONS_TEST_MARKER", evidence::marker())
            // It ends when this end of the pipe is closed, however this process ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the site was built with the tests");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the site says where it listens");
        let url = line.trim_end().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("the site on {store} does not start: see its error above"));
        Self {
            url: url.to_owned(),
            child,
        }
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("the process is ours");
    }

    /// A new browser.
    pub(crate) fn browser(&self) -> Client {
        Client::for_origin(&self.url)
    }

    /// A browser that sends this process the session cookie of another browser, as a load balancer would let it.
    pub(crate) fn browser_of(&self, client: &Client) -> Client {
        let browser = self.browser();
        browser.set_raw_cookie(COOKIE, &client.cookie(COOKIE).expect("a browser with a session"));
        browser
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
