//! What several test binaries share: servers and programs for one test, points where requests wait, and the log.
//!
//! A binary takes it in with `#[path = "../support/mod.rs"] mod support;` and uses what it needs.
#![allow(dead_code, unreachable_pub, reason = "each binary uses a part of it")]

pub mod chromium;
pub mod daemon;
pub mod evidence;
pub mod gate;
pub mod logs;
pub mod place;
pub mod program;
pub mod random;
pub mod read_only;
pub mod site;
