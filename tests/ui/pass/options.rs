//! Every option, backends by path, and the runtime under another path.
#![deny(warnings)]
use sessions_runtime::{BackendName, with_sessions};

static AUDIT: BackendName = BackendName::new("audit");

mod backends {
    pub(crate) const ARCHIVE: sessions_runtime::BackendName = sessions_runtime::BackendName::new("archive");
}

mod facade {
    pub(crate) use sessions_runtime as sessions;
}

#[with_sessions(
    default = "datastore",
    name = "sid",
    session_max_age = "400d",
    idle_timeout = "12h",
    browser_session,
    same_site = "none",
    path = "/shop",
    domain = "example.org",
    secure,
    http_only = true,
    partitioned,
    on_outage = "empty",
    conflict = "reject",
    lock,
    save = "always"
)]
async fn all_of_the_default_session() -> String {
    session.name().to_owned()
}

#[with_sessions]
#[session(
    name = "cart-x",
    backend = AUDIT,
    ident = cart,
    session_max_age = "90m",
    idle_timeout = "30m",
    browser_session = false,
    same_site = "strict",
    path = "/",
    domain = "localhost",
    secure = false,
    http_only = false,
    partitioned = false,
    on_outage = "fail",
    conflict = "merge",
    lock = false,
)]
#[session(name = "archive", backend = backends::ARCHIVE)]
async fn all_of_a_further_session() -> String {
    cart.name().to_owned() + archive.name()
}

#[with_sessions(default = "memory", crate = crate::facade::sessions)]
async fn other_path() -> String {
    session.name().to_owned()
}

fn main() {
    let _ = (all_of_the_default_session, all_of_a_further_session, other_path);
}
