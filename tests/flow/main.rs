//! What users do with sessions, from one request to the next, over real HTTP.

#[path = "../support/mod.rs"]
mod support;

mod session_values;
