//! Requests that overlap, backends that fail, lives that end: what is kept, what is dropped, and what the browser hears.

#[path = "../support/mod.rs"]
mod support;

mod causes;
mod closing;
mod commands;
mod conflicts;
mod crossing;
mod ending;
mod failed_saves;
mod flashes;
mod half_saves;
mod lifetimes;
mod loading;
mod locks;
mod merging;
mod middleware;
mod outages;
mod owners;
mod pages;
mod remembering;
mod renewing;
mod rules;
mod statuses;
mod told;
mod unsaved;
