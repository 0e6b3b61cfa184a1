//! What is refused before the first request: handlers that contradict, impossible settings, unfit secrets.
//!
//! Every handler of a program is part of its start-up check, so those that contradict have this binary to themselves.

#[path = "../support/mod.rs"]
mod support;

mod contradictions;
mod handlers;
mod impossible;
mod requests;
mod secrets;
mod settings_file;
mod types;
