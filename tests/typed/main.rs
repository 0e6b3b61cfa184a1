//! Sessions that are defined once, on a type of the application's own, over real HTTP.

// For types and handlers that say `crate = ::renamed_runtime`.
extern crate sessions_runtime as renamed_runtime;

#[path = "../support/mod.rs"]
mod support;

mod binding;
mod drift;
mod handle;
mod merging;
mod options;
mod saving;
mod shapes;
