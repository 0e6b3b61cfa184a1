//! Sessions after their response: streams, jobs and WebSockets that go on writing to them by a handle.

#[path = "../support/mod.rs"]
mod support;

mod crossing;
mod ending;
mod failing;
mod jobs;
mod merging;
mod pages;
mod refusing;
mod renewing;
mod streams;
mod websockets;
