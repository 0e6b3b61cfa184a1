//! What attackers, broken clients and failing systems must not achieve, over real HTTP.

#[path = "../support/mod.rs"]
mod support;

mod app;
mod base64;

mod attributes;
mod caching;
mod checker;
mod deleting;
mod encryption;
mod forgery;
mod guessing;
mod ids;
mod leaks;
mod life;
mod limits;
mod lines;
mod logging;
mod mixing;
mod outliving;
mod reading;
mod refusals;
mod responses;
mod rotation;
mod vary;
