//! `examples/shop` from outside: the program as a visitor starts it, real HTTP, one browser or several.

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod shop;

mod abuse;
mod chromium;
mod overlap;
mod pages;
mod start;
mod story;
