//! Walks through every order in which the steps of overlapping requests can happen.
//!
//! A backend call is one atomic step. A request is a deterministic program whose calls are answered from its history, so
//! it can be run again up to its next call from nothing but that history. A state of the whole system is then the store
//! together with all histories, and each state is visited once: a few hundred states stand for all orders.

mod counterexamples;
mod engine;
mod handles;
mod requests;
mod rules;
mod scenarios;
mod serial;
mod world;
