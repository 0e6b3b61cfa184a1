//! What tests of an application, or of a backend, need: a client that keeps cookies as browsers do, servers on free
//! ports, closures run as handlers, and a backend that pauses and fails. Behind the feature `testing`.
//!
//! Functions here panic where production code would return an error: their callers are tests.

mod check;
mod client;
mod date;
mod handler;
mod interpose;
mod jar;
mod origin;
mod reply;
mod request;
mod server;
mod set_cookie;
pub mod suite;
mod watch;
mod wire;

pub use self::check::{check_set_cookie_lines, check_set_cookies};
pub use self::client::Client;
pub use self::handler::in_handler;
pub use self::interpose::{Failure, Interposer, Operation, Pause};
pub use self::reply::Reply;
pub use self::request::Request;
pub use self::server::{Server, serve, serve_app};
pub use self::set_cookie::SetCookie;
pub use self::watch::watch_replies;
pub use crate::backend_suite;
