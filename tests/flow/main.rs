//! What users do with sessions, from one request to the next, over real HTTP.

#![allow(
    clippy::unused_async,
    reason = "the bodies that run on both places are called alike, also those that await nothing"
)]

// For handlers that say `crate = ::renamed_runtime`.
extern crate sessions_runtime as renamed_runtime;

#[path = "../support/mod.rs"]
mod support;

mod places;

mod cookie_attributes;
mod cookie_names;
mod cookies;
mod dictionary;
mod flash_derived;
mod flash_life;
mod flash_queues;
mod flash_typed;
mod get_session;
mod headers;
mod interruptions;
mod legacy_cookies;
mod lifetimes;
mod macro_module;
mod macro_options;
mod macro_order;
mod macro_ways;
mod middleware;
mod mutators;
mod no_ops;
mod other_middleware;
mod refused_cookies;
mod replacing;
mod saving;
mod saving_ahead;
mod sealed_cookie_ages;
mod sealed_cookies;
mod server_sessions;
mod session_values;
mod several_sessions;
mod unreadable_records;
mod values;
